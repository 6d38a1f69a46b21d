import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from '@ocm/testing';

/** A `registration` process, run from source. */
export interface RegistrationProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything on standard output and standard error so far. */
  output(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const MAIN = join(import.meta.dirname, '../src/main.ts');

export function startRegistration(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RegistrationProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.err += chunk.toString();
  });
  const ended = endOf(child);
  return {
    pid: child.pid ?? 0,
    output: () => text.out + text.err,
    stderr: () => text.err,
    signal: (name) => void child.kill(name),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Waits for a line of the log. */
export async function logged(process: RegistrationProcess, message: string, deadlineMs = 35_000): Promise<void> {
  await until(() => process.output().includes(message), {
    describe: `"${message}" in the output of process ${process.pid}`,
    deadlineMs,
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; it wrote:\n${process.output().slice(-4000)}`, { cause: error });
  });
}

function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  // `close`, and not `exit`: by then its output is complete.
  return new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 0)));
}
