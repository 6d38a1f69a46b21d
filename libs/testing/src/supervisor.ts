import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

// Reads what to clean up from its standard input. The pipe's other end is held by the test process alone, so end of input
// means that this process is gone, however it went. A shell: one megabyte and two milliseconds, unlike a second Node.
const WATCHDOG = `
trap '' INT TERM HUP
pids=' ' dirs=
while read -r verb what; do
  case $verb in
    started) pids="$pids$what " ;;
    ended) before=\${pids%% $what *} after=\${pids#* $what }; pids="$before $after" ;;
    made) dirs="$dirs
$what" ;;
  esac
done
for pid in $pids; do kill -s KILL -- "-$pid" 2>/dev/null; done
IFS='
'
for attempt in 1 2 3; do rm -rf $dirs 2>/dev/null && break; sleep 0.1; done
`;

/** A program that ends at the latest with this process, also when this process is killed. */
export interface SupervisedProcess {
  readonly pid: number;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  hasEnded(): boolean;
  signal(name: NodeJS.Signals): void;
  /** SIGKILL, also to what it has started itself, and waits for the end. */
  kill(): Promise<void>;
}

export interface ProgramOptions {
  readonly args: readonly string[];
  /** Standard output and error go there, appended. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Owns programs and temporary directories; what it does not give back in time, its watchdog process does. */
export interface Supervisor {
  start(program: string, options: ProgramOptions): SupervisedProcess;
  /** An empty directory, mode 0700, removed with the supervisor. */
  makeDirectory(prefix: string): Promise<string>;
  /** Kills the programs and removes the directories. */
  stop(): Promise<void>;
}

/**
 * Starts the watchdog. Neither it nor the programs keep this process alive, and a Ctrl-C in the terminal reaches none of
 * them: this process decides about their end.
 */
export function startSupervisor(): Supervisor {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watchdog.unref();
  const tell = watchdog.stdin;
  // A watchdog that somebody killed must not take the test process down with EPIPE.
  tell.on('error', () => undefined);
  const running = new Set<SupervisedProcess>();
  const directories: string[] = [];
  return {
    start(program, options) {
      const started = startProgram(program, options, tell);
      running.add(started);
      void started.ended.finally(() => running.delete(started));
      return started;
    },
    async makeDirectory(prefix) {
      const directory = await mkdtemp(join(tmpdir(), prefix));
      tell.write(`made ${directory}\n`);
      directories.push(directory);
      return directory;
    },
    async stop() {
      await Promise.all([...running].map((process) => process.kill()));
      await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true, maxRetries: 3 })));
      tell.end();
    },
  };
}

function startProgram(program: string, { args, logFile, env = {} }: ProgramOptions, tell: Writable): SupervisedProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(program, args, {
    stdio: ['ignore', log, log],
    detached: true,
    env: { PATH: '/usr/bin:/bin', ...env },
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) {
    child.once('error', () => undefined);
    throw new Error(`cannot start ${program}`);
  }
  tell.write(`started ${pid}\n`);
  child.unref();
  const ended = endOf(child).then((how) => {
    tell.write(`ended ${pid}\n`);
    return how;
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    ended,
    hasEnded,
    signal(name) {
      // Who asks for the end waits for it, and must not find its own process gone meanwhile.
      if (name !== 'SIGSTOP' && name !== 'SIGCONT') child.ref();
      child.kill(name);
    },
    async kill() {
      if (hasEnded()) return;
      child.ref();
      killGroup(pid);
      await ended;
    },
  };
}

/** Every program leads a group of its own. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has just ended by itself: ESRCH on Linux, EPERM on macOS.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal ?? 0)));
}
