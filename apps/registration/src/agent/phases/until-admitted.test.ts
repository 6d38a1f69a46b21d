import { expect, test } from '@jest/globals';
import type { ManagedCluster } from '@ocm/api';
import { type Clock, KubeError, silentLogger } from '@ocm/kube';
import { defaultIntervals } from '../intervals.ts';
import { untilAdmitted } from './until-admitted.ts';

const { signal } = new AbortController();
const forbidden = (): Promise<never> => Promise.reject(new KubeError('no', { code: 'forbidden' }));

function recordingClock(): Clock & { readonly sleeps: number[] } {
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => new Date(0),
    schedule: () => () => undefined,
    sleep(ms) {
      sleeps.push(ms);
      return Promise.resolve();
    },
  };
}

async function waitsOf(answers: readonly (() => Promise<ManagedCluster | undefined>)[]): Promise<readonly number[]> {
  const clock = recordingClock();
  let asked = 0;
  const find = (): Promise<ManagedCluster | undefined> => {
    asked += 1;
    return answers[asked - 1]?.() ?? Promise.resolve(undefined);
  };
  const context = { cluster: 'c1', clock, random: () => 1, intervals: defaultIntervals, log: silentLogger };
  await untilAdmitted({ clusters: { find, patchStatus: forbidden } }, context, signal);
  return clock.sleeps;
}

test('an accepted agent goes on at once, also when its cluster has been deleted', async () => {
  await expect(waitsOf([() => Promise.resolve({ metadata: { name: 'c1' } })])).resolves.toEqual([]);
  await expect(waitsOf([() => Promise.resolve(undefined)])).resolves.toEqual([]);
});

test('[registration 2] a refused one asks again, and never waits longer than 10 s', async () => {
  const waits = await waitsOf(Array.from({ length: 8 }, () => forbidden));
  expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000]);
});
