import { expect, test } from '@jest/globals';
import { type Clock, KubeError, type Logger, silentLogger } from '@ocm/kube';
import { defaultIntervals } from '../intervals.ts';
import { untilClusterMade } from './until-cluster-made.ts';

const { signal } = new AbortController();
const refusal = new KubeError('creating managedclusters "c1": 422 Invalid: denied by a policy', { code: 'invalid' });

/** Looks that are refused so many times; what was waited for and said meanwhile. */
async function refused(times: number, random = 1): Promise<{ waits: readonly number[]; said: readonly unknown[] }> {
  const waits: number[] = [];
  const said: unknown[] = [];
  const clock: Pick<Clock, 'sleep'> = { sleep: (ms) => Promise.resolve(void waits.push(ms)) };
  const log: Logger = { ...silentLogger, warn: (fields) => void said.push(fields) };
  let looks = 0;
  const look = (): Promise<void> => (++looks > times ? Promise.resolve() : Promise.reject(refusal));
  const context = { cluster: 'c1', random: () => random, intervals: defaultIntervals, log };
  await untilClusterMade(look, { ...context, clock: clock as Clock }, signal);
  return { waits, said };
}

test('a cluster that is there is not waited for', async () => {
  await expect(refused(0)).resolves.toEqual({ waits: [], said: [] });
});

test('a hub that keeps refusing is asked less and less often, and what it refuses is said', async () => {
  const { waits, said } = await refused(8);
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect(said).toEqual(waits.map(() => ({ cluster: 'c1', error: refusal })));
});

test('a fleet that waits for one hub does not ask in step', async () => {
  const { waits } = await refused(2, 0);
  expect(waits).toEqual([750, 1500]);
});

test('an agent that is told to stop neither looks nor waits any more', async () => {
  const stopping = new AbortController();
  const look = (): Promise<never> => {
    stopping.abort();
    return Promise.reject(refusal);
  };
  const clock = { sleep: () => Promise.reject(new Error('it waits')) } as unknown as Clock;
  const context = { cluster: 'c1', clock, random: () => 1, intervals: defaultIntervals, log: silentLogger };
  await expect(untilClusterMade(look, context, stopping.signal)).resolves.toBeUndefined();
});
