import { EventEmitter } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { KubeError, LeadershipLostError } from '@ocm/kube';
import { temporaryDirectory } from '../../test/certificate-files.ts';
import { manualClock } from '../../test/manual-clock.ts';
import { recordedLog } from '../../test/recorded-log.ts';
import { defineCommand, type ProcessContext } from './command.ts';
import { runProgram } from './run-program.ts';
import { stopOnFileChange } from './stop-on-file-change.ts';

const flags = {
  name: { name: 'name', type: 'string', default: 'nobody', deprecatedAlias: 'called', help: 'name' },
} as const;

interface Started {
  readonly exit: Promise<number>;
  readonly stdout: string[];
  readonly stderr: string[];
  readonly host: EventEmitter;
  readonly clock: ReturnType<typeof manualClock>;
  readonly lines: ReturnType<typeof recordedLog>['lines'];
}

/** Starts a program whose only command is `agent`. */
function start(
  argv: readonly string[],
  run: (config: { readonly name: string }, context: ProcessContext) => Promise<void>,
): Started {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const host = Object.assign(new EventEmitter(), {
    stdout: { write: (text: string) => stdout.push(text) },
    stderr: { write: (text: string) => stderr.push(text) },
  });
  const clock = manualClock();
  const { log, lines } = recordedLog();
  const exit = runProgram({
    name: 'program',
    summary: 'A program.',
    version: 'v1',
    commands: [defineCommand({ name: 'agent', summary: 'runs', flags, run })],
    argv,
    env: { POD_NAME: 'pod' },
    host,
    clock,
    createLog: () => log,
  });
  return { exit, stdout, stderr, host, clock, lines };
}

const untilStopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

describe('exit code 0', () => {
  test('when the command has done its work', async () => {
    let seen: unknown;
    const { exit, stderr } = start(['agent', '--name=a'], (config, { env }) => {
      seen = { ...config, env };
      return Promise.resolve();
    });
    expect(await exit).toBe(0);
    expect(seen).toMatchObject({ name: 'a', env: { POD_NAME: 'pod' } });
    expect(stderr).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT'])('after %s, when everything has stopped', async (name) => {
    const { exit, host, lines, clock } = start(['agent'], (_config, { signal }) => untilStopped(signal));
    host.emit(name);
    expect(await exit).toBe(0);
    expect(lines()).toMatchObject([{ level: 'info', msg: 'stopping', reason: name }]);
    expect(host.eventNames()).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  test('after a stop from within, such as a lost lease', async () => {
    const { exit, lines } = start(['agent'], async (_config, { signal, stop }) => {
      const stopped = untilStopped(signal);
      stop('lease lost');
      stop('again');
      await stopped;
    });
    expect(await exit).toBe(0);
    expect(lines().map(({ reason }) => reason)).toEqual(['lease lost']);
  });

  test('after the loss of leadership, which is no failure of this process', async () => {
    const { exit, stderr, lines } = start(['agent'], () => Promise.reject(new LeadershipLostError('lease l is gone')));
    expect(await exit).toBe(0);
    expect(stderr).toEqual([]);
    expect(lines()).toMatchObject([{ level: 'warn', error: { message: 'lease l is gone' } }]);
  });

  test('when what ends with an error only says that it was cancelled', async () => {
    const { exit, host } = start(['agent'], async (_config, { signal }) => {
      await untilStopped(signal);
      throw new KubeError('list leases: aborted', { code: 'unavailable', cause: signal.reason });
    });
    host.emit('SIGTERM');
    expect(await exit).toBe(0);
  });

  test.each([
    [['--help'], 'Commands:'],
    [['agent', '--help'], '--name'],
    [['version'], 'v1'],
  ])('%j writes to standard output', async (argv, want) => {
    const { exit, stdout } = start(argv, () => Promise.reject(new Error('must not run')));
    expect(await exit).toBe(0);
    expect(stdout.join('')).toContain(want);
  });
});

describe('exit code 1, with one line on standard error', () => {
  test.each([
    {
      what: 'the command fails',
      argv: ['agent'],
      error: new KubeError('cannot read kubeconfig /k: ENOENT', { code: 'config' }),
      want: 'error: cannot read kubeconfig /k: ENOENT; check the path given by --kubeconfig and the fields of that file\n',
    },
    {
      what: 'a flag is unknown',
      argv: ['agent', '--nam=x'],
      want: 'error: unknown flag --nam; did you mean --name?\n',
    },
    { what: 'a command is unknown', argv: ['gent'], want: 'error: unknown command "gent"; known: agent\n' },
  ])('when $what', async ({ argv, error, want }) => {
    const { exit, stderr } = start(argv, () => Promise.reject(error ?? new Error('must not run')));
    expect(await exit).toBe(1);
    expect(stderr).toEqual([want]);
  });

  test('when nothing is asked for, the usage', async () => {
    const { exit, stderr } = start([], () => Promise.resolve());
    expect(await exit).toBe(1);
    expect(stderr.join('')).toContain('Usage: program <command>');
  });

  test('when the command fails while it stops', async () => {
    const { exit, stderr, host } = start(['agent'], async (_config, { signal }) => {
      await untilStopped(signal);
      throw new Error('cannot release the lease');
    });
    host.emit('SIGTERM');
    expect(await exit).toBe(1);
    expect(stderr).toEqual(['error: cannot release the lease\n']);
  });

  test('when stopping takes more than 10 s', async () => {
    const { exit, stderr, host, clock } = start(['agent'], () => new Promise(() => undefined));
    host.emit('SIGTERM');
    clock.advance(9999);
    expect(stderr).toEqual([]);
    clock.advance(1);
    expect(await exit).toBe(1);
    expect(stderr).toEqual(['error: the process did not stop within 10 s (SIGTERM)\n']);
  });

  test('at once on a second signal', async () => {
    const { exit, stderr, host } = start(['agent'], () => new Promise(() => undefined));
    host.emit('SIGINT');
    host.emit('SIGTERM');
    expect(await exit).toBe(1);
    expect(stderr).toEqual(['error: stopped at once by a second signal (SIGTERM)\n']);
  });

  test.each(['uncaughtException', 'unhandledRejection'])('on %s', async (event) => {
    const { exit, stderr, host, lines } = start(['agent'], () => new Promise(() => undefined));
    host.emit(event, new TypeError('a bug'));
    expect(await exit).toBe(1);
    expect(stderr).toEqual(['error: a bug\n']);
    expect(lines()).toMatchObject([{ level: 'error', error: { name: 'TypeError', message: 'a bug' } }]);
  });
});

test('a former flag is reported in the log', async () => {
  const { exit, lines } = start(['agent', '--called=x'], () => Promise.resolve());
  await exit;
  expect(lines()).toMatchObject([{ level: 'warn', warning: '--called is deprecated: use --name' }]);
});

test('a change of a watched file stops the process cleanly, with the file as reason', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kubeconfig');
  await writeFile(path, 'old');
  const looking = Promise.withResolvers<void>();
  const { exit, lines } = start(['agent'], async (_config, context) => {
    const clock = {
      ...context.clock,
      // The first sleep begins after the first look.
      sleep: () => (looking.resolve(), new Promise<void>((resolve) => setTimeout(resolve, 5))),
    };
    await stopOnFileChange([path], { ...context, clock });
  });
  await looking.promise;
  await writeFile(path, 'new');
  expect(await exit).toBe(0);
  expect(lines()).toMatchObject([{ msg: 'stopping', reason: `file changed: ${path}` }]);
  await rm(path);
});
