import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GO_PROJECTS, goPackage, type GoProject, type KubeBinary } from './binaries.ts';
import type { Environment } from './locate.ts';
import type { Progress } from './progress.ts';

/** The module with the pinned versions: its go.mod and go.sum decide what is compiled. */
export const GO_MODULE = join(import.meta.dirname, '../go');
const LOG_LINES = 30;
const KILL_AFTER_MS = 3000;

export interface BuildOptions {
  readonly binaries: readonly KubeBinary[];
  /** Folder to put them into. */
  readonly into: string;
  /** `PATH`, `HOME`, `GOPROXY` and so on; Go uses the user's own caches. */
  readonly env: Environment;
  readonly moduleDirectory: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/**
 * Builds the binaries from Go modules: all of Kubernetes in one `go build`, etcd in another. Takes about ten minutes on
 * two cores with cold caches, and one with warm ones.
 *
 * @throws Error with the end of Go's output
 */
export async function buildBinaries(options: BuildOptions): Promise<void> {
  for (const project of GO_PROJECTS) {
    const binaries = project.binaries.filter((binary) => options.binaries.includes(binary));
    if (binaries.length > 0) await buildProject({ ...project, binaries }, options);
  }
}

async function buildProject({ binaries, ldflags }: GoProject, options: BuildOptions): Promise<void> {
  const { into, env, moduleDirectory, signal, progress } = options;
  signal.throwIfAborted();
  const packages = binaries.map(goPackage);
  // The main package of etcd is called "server": a file name names its output, a folder would not.
  const output = binaries.includes('etcd') ? join(into, 'etcd') : `${into}/`;
  const args = ['build', '-v', '-trimpath', '-ldflags', ldflags, '-o', output, ...packages];
  const go = spawn('go', args, {
    cwd: moduleDirectory,
    env: goEnvironment(env),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // a process group of its own, so that its compilers end with it
  });
  const abort = (): void => endGroup(go);
  signal.addEventListener('abort', abort, { once: true });
  const log: string[] = [];
  let compiled = 0;
  progress({ kind: 'building', binaries, packages: 0, step: 'looking for packages' });
  createInterface(go.stderr).on('line', (line) => {
    log.push(line);
    if (log.length > LOG_LINES) log.shift();
    const isPackage = /^[\w.~/-]+$/.test(line);
    if (isPackage) compiled += 1;
    progress({ kind: 'building', binaries, packages: compiled, step: stepOf(line, packages) });
  });
  const failure = await endOf(go).finally(() => signal.removeEventListener('abort', abort));
  signal.throwIfAborted();
  if (failure !== undefined) throw new Error([`go build of ${binaries.join(', ')}: ${failure}`, ...log].join('\n'));
}

/** What a line of `go build -v` says is going on: a package's path, or a sentence such as "go: downloading …". */
function stepOf(line: string, mains: readonly string[]): string {
  if (mains.includes(line)) return `linking ${line}`;
  return line.startsWith('go: ') ? line.slice('go: '.length) : line;
}

/** Without what would make another binary than the one meant, or change go.sum. */
function goEnvironment(env: Environment): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, GOEXPERIMENT: _experiment, ...rest } = env;
  return { GOTOOLCHAIN: 'auto', ...rest, GOFLAGS: '-mod=readonly', GOWORK: 'off' };
}

/** Undefined when it ended well. */
function endOf(go: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    go.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? 'there is no `go` on the PATH' : error.message),
    );
    go.once('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `status ${code}`}`));
  });
}

/** SIGINT lets Go remove its work folder; SIGKILL is for when it does not obey. */
function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  const send = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended by itself
    }
  };
  send('SIGINT');
  setTimeout(() => send('SIGKILL'), KILL_AFTER_MS).unref();
}
