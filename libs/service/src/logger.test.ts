import { describe, expect, test } from '@jest/globals';
import { KubeError } from '@ocm/kube';
import { recordedLog } from '../test/recorded-log.ts';
import { messageWithCauses } from './logger.ts';

describe('createLogger', () => {
  test.each([
    { verbosity: 0, want: ['info', 'warn', 'error'] },
    { verbosity: 3, want: ['info', 'warn', 'error'] },
    { verbosity: 4, want: ['debug', 'info', 'warn', 'error'] },
    { verbosity: 9, want: ['debug', 'info', 'warn', 'error'] },
  ])('-v $verbosity writes $want', ({ verbosity, want }) => {
    const { log, lines } = recordedLog(verbosity);
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]({ cluster: 'c1' }, 'looked');
    expect(lines().map(({ level }) => level)).toEqual(want);
    expect(lines()[0]).toMatchObject({ cluster: 'c1', msg: 'looked', time: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  test('a child repeats its fields on every line', () => {
    const { log, lines } = recordedLog();
    log.child({ controller: 'a' }).child({ key: 'k' }).info({}, 'done');
    expect(lines()).toEqual([{ level: 'info', time: expect.any(String), controller: 'a', key: 'k', msg: 'done' }]);
  });

  test('secrets do not reach the log, wherever they are', () => {
    const { log, lines } = recordedLog();
    log.info(
      {
        token: 'S1',
        user: { token: 'S2', deeper: { password: 'S3', deepest: { privateKeyPem: 'S4' } } },
        secret: { data: { 'tls.key': 'S5', kubeconfig: 'S6' } },
        headers: { authorization: 'Bearer S7', Authorization: 'S8' },
        error: new Error('refused Bearer S9abc', {
          cause: new Error('-----BEGIN EC PRIVATE KEY-----\nS10\n-----END EC PRIVATE KEY-----'),
        }),
        cluster: 'kept',
      },
      'seen',
    );
    expect(JSON.stringify(lines())).not.toMatch(/S\d/);
    expect(lines()[0]).toMatchObject({ cluster: 'kept', headers: { authorization: '[redacted]' } });
  });

  test('an error is logged by name, code and message, with its stack only when debugging', () => {
    const error = Object.assign(new TypeError('bad'), { code: 'E1' });
    const quiet = recordedLog(0);
    quiet.log.error({ error }, 'failed');
    expect(quiet.lines()[0]).toMatchObject({ error: { name: 'TypeError', code: 'E1', message: 'bad' } });
    expect(quiet.lines()[0]).not.toHaveProperty('error.stack');
    const loud = recordedLog(4);
    loud.log.error({ error }, 'failed');
    expect(loud.lines()[0]).toHaveProperty('error.stack', expect.stringContaining('logger.test.ts'));
  });
});

describe('messageWithCauses', () => {
  test.each([
    { what: 'one error', error: new Error('a'), want: 'a' },
    { what: 'a chain', error: new Error('a', { cause: new Error('b', { cause: 'c' }) }), want: 'a: b: c' },
    { what: 'a cause that is already told', error: new Error('a: b', { cause: new Error('b') }), want: 'a: b' },
    { what: 'several lines', error: new Error('a\n  b'), want: 'a b' },
    { what: 'several errors', error: new AggregateError([new Error('b'), new Error('c')], 'a'), want: 'a; b; c' },
    { what: 'several errors without a message', error: new AggregateError([new Error('b')]), want: 'b' },
    {
      what: 'an error of the client, which tells its cause itself',
      error: new Error('a', { cause: new KubeError('b', { code: 'gone', cause: new Error('c') }) }),
      want: 'a: b',
    },
    { what: 'a text', error: 'thrown', want: 'thrown' },
    { what: 'an object', error: { password: 'p' }, want: 'a thrown object' },
    { what: 'nothing', error: undefined, want: '' },
  ])('$what', ({ error, want }) => {
    expect(messageWithCauses(error)).toBe(want);
  });

  test('ends on a chain that bites its own tail', () => {
    const error = new Error('a');
    error.cause = error;
    expect(messageWithCauses(error)).toBe('a');
  });
});
