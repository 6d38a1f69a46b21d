import { describe, expect, test } from '@jest/globals';
import { healthReport, runHealthChecks } from './health.ts';

describe('healthReport', () => {
  const ping = { name: 'ping', reason: undefined };
  const expired = { name: 'hub-kube-config', reason: 'the client certificate expires and rebootstrap is required.' };
  test.each([
    { path: '/healthz', results: [], verbose: false, want: { status: 200, body: 'ok' } },
    { path: '/livez', results: [ping], verbose: false, want: { status: 200, body: 'ok' } },
    {
      path: '/readyz',
      results: [ping],
      verbose: true,
      want: { status: 200, body: '[+]ping ok\nreadyz check passed\n' },
    },
    {
      path: '/healthz',
      results: [{ ...ping, note: 'hub is away' }],
      verbose: true,
      want: { status: 200, body: '[+]ping ok: hub is away\nhealthz check passed\n' },
    },
    {
      path: '/healthz',
      results: [{ ...ping, note: 'hub is away' }],
      verbose: false,
      want: { status: 200, body: 'ok' },
    },
    {
      path: '/healthz',
      results: [ping, expired],
      verbose: false,
      want: {
        status: 500,
        body: '[+]ping ok\n[-]hub-kube-config failed: the client certificate expires and rebootstrap is required.\nhealthz check failed\n',
      },
    },
  ])('$path verbose=$verbose -> $want.status', ({ path, results, verbose, want }) => {
    expect(healthReport(path, results, { verbose })).toEqual(want);
  });
});

test('what a check throws stays inside, the others are asked all the same', async () => {
  const thrown: unknown[] = [];
  const results = await runHealthChecks(
    [
      {
        name: 'broken',
        check: () => {
          throw new Error('10.0.0.1 is down');
        },
      },
      { name: 'late', check: async () => 'too late' },
      { name: 'well', check: () => undefined },
    ],
    { onThrow: (name, error) => thrown.push([name, String(error)]), signal: AbortSignal.abort() },
  );
  expect(results).toEqual([
    { name: 'broken', reason: 'reason withheld' },
    { name: 'late', reason: 'too late' },
    { name: 'well', reason: undefined },
  ]);
  expect(thrown).toEqual([['broken', 'Error: 10.0.0.1 is down']]);
});
