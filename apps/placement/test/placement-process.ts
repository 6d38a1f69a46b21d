import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** A `placement` process. */
export interface PlacementProcess extends AsyncDisposable {
  /** Everything on standard output and standard error so far. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const MAIN = join(import.meta.dirname, '../src/main.ts');

/** @param program default: the source */
export function startPlacementProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program = MAIN,
): PlacementProcess {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const ended = endOf(child);
  return {
    output: () => text,
    signal: (name) => void child.kill(name),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  // `close`, and not `exit`: by then its output is complete.
  return new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 0)));
}
