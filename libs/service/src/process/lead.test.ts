import { expect, test } from '@jest/globals';
import { type KubeClient, type KubeMetrics, systemClock } from '@ocm/kube';
import { recordedLog } from '../../test/recorded-log.ts';
import { leadUntilStopped } from './lead.ts';

const TIMES = { leaseDurationMs: 137_000, renewDeadlineMs: 107_000, retryPeriodMs: 26_000 };

/** Leads nothing: the client must not be asked. */
async function lead(config: Partial<typeof TIMES> & { readonly disableLeaderElection: boolean }): Promise<string> {
  let done = 'not run';
  await leadUntilStopped(
    () => {
      done = 'run';
      return Promise.resolve();
    },
    {
      config: { ...TIMES, terminateOnFiles: [], ...config },
      client: {} as KubeClient,
      namespace: 'hub',
      name: 'lock',
      metrics: {} as KubeMetrics,
    },
    {
      signal: new AbortController().signal,
      log: recordedLog().log,
      clock: systemClock,
      env: {},
      stop: () => undefined,
    },
  );
  return done;
}

test.each([
  ['a deadline that is longer than the lease', { leaseDurationMs: 10_000, renewDeadlineMs: 20_000 }],
  ['a deadline as long as the lease', { leaseDurationMs: 107_000 }],
  ['a retry period as long as the deadline', { retryPeriodMs: 107_000 }],
])('%s is refused in the words of the flags', async (_what, times) => {
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = { ...TIMES, ...times };
  await expect(lead({ disableLeaderElection: false, ...times })).rejects.toMatchObject({
    name: 'ConfigError',
    message:
      `--leader-election-lease-duration (${leaseDurationMs / 1000}s) must be longer than --leader-election-renew-deadline ` +
      `(${renewDeadlineMs / 1000}s), and that longer than --leader-election-retry-period (${retryPeriodMs / 1000}s)`,
  });
});

test('without an election its times do not matter', async () => {
  await expect(lead({ disableLeaderElection: true, leaseDurationMs: 1 })).resolves.toBe('run');
});
