import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from '@jest/globals';
import { httpsGet } from './https-get.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Running {
  readonly child: ChildProcess;
  /** Resolves with the exit code once all output has arrived. */
  readonly exit: Promise<number | null>;
  readonly stderr: string[];
  /** Of the log line that says it serves. */
  readonly port: Promise<number>;
}

function start(...argv: string[]): Running {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sample-program.ts'), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
  });
  started.push(child);
  const stderr: string[] = [];
  createInterface(child.stderr).on('line', (line) => stderr.push(line));
  const port = Promise.withResolvers<number>();
  createInterface(child.stdout).on('line', (line) => {
    const entry = JSON.parse(line) as { readonly msg: string; readonly port?: number };
    if (entry.msg === 'serving') port.resolve(entry.port ?? 0);
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, exit, stderr, port: port.promise };
}

test.each(['SIGTERM', 'SIGINT'] as const)('a process that serves ends cleanly on %s', async (name) => {
  const { child, exit, port, stderr } = start('agent', '--listen=127.0.0.1:0');
  expect((await httpsGet(await port, '/healthz')).status).toBe(200);
  child.kill(name);
  expect(await exit).toBe(0);
  expect(stderr).toEqual([]);
});

test('a second signal ends a stubborn process at once', async () => {
  const { child, exit, port, stderr } = start('agent', '--listen=127.0.0.1:0', '--stubborn');
  await port;
  child.kill('SIGTERM');
  child.kill('SIGINT');
  expect(await exit).toBe(1);
  expect(stderr).toEqual([expect.stringMatching(/^error: stopped at once by a second signal/)]);
});

test.each([
  { argv: ['agent', '--kubeconfg=/k'], want: 'error: unknown flag --kubeconfg; did you mean --kubeconfig?' },
  {
    argv: ['agent', '--kubeconfig=/nowhere/kubeconfig'],
    want: /^error: cannot read kubeconfig \/nowhere\/kubeconfig: ENOENT.*; check the path given by --kubeconfig/,
  },
  {
    argv: ['agent', '--tls-min-version=VersionTLS9', '--listen=x'],
    want: /^error: --listen must be host:port, got "x"; --tls-min-version must be one of/,
  },
])('$argv ends with code 1 and one line that names the thing and the remedy', async ({ argv, want }) => {
  const { exit, stderr } = start(...argv);
  expect(await exit).toBe(1);
  expect(stderr).toEqual([typeof want === 'string' ? want : expect.stringMatching(want)]);
});
