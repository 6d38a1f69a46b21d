import { expect, test } from '@jest/globals';
import type { ManagedCluster } from '@ocm/api';
import { type Clock, KubeError, silentLogger } from '@ocm/kube';
import { aCluster } from '@ocm/testing';
import { defaultIntervals } from '../intervals.ts';
import { untilAdmitted } from './until-admitted.ts';

const { signal } = new AbortController();
const accepted = { type: 'HubAcceptedManagedCluster', status: 'True' } as const;
const denied = { ...accepted, status: 'False' } as const;

type Answer = () => Promise<ManagedCluster | undefined>;
const forbidden: Answer = () => Promise.reject(new KubeError('no', { code: 'forbidden' }));
const unreachable: Answer = () => Promise.reject(new KubeError('connection refused', { code: 'unavailable' }));
const gone: Answer = () => Promise.resolve(undefined);
const found =
  (...conditions: readonly (typeof accepted | typeof denied)[]): Answer =>
  () =>
    Promise.resolve(aCluster({ conditions }));

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

async function waitsOf(answers: readonly Answer[]): Promise<readonly number[]> {
  const clock = recordingClock();
  let asked = 0;
  const find: Answer = () => {
    asked += 1;
    return answers[asked - 1]?.() ?? found(accepted)();
  };
  const context = { cluster: 'c1', clock, random: () => 1, intervals: defaultIntervals, log: silentLogger };
  await untilAdmitted({ clusters: { find, patchStatus: () => Promise.reject(new Error('unused')) } }, context, signal);
  return clock.sleeps;
}

test('an accepted agent goes on at once', async () => {
  await expect(waitsOf([found(accepted)])).resolves.toEqual([]);
});

test.each([
  ['forbidden to look', forbidden],
  ['denied', found(denied)],
  ['not looked at yet', found()],
  ['deleted', gone],
  ['out of reach', unreachable],
])('[registration 2] one that is %s asks again', async (_, answer) => {
  await expect(waitsOf([answer])).resolves.toEqual([1000]);
});

test('[registration 2] nobody waits longer than 4 s for the next look', async () => {
  const waits = await waitsOf(Array.from({ length: 8 }, () => forbidden));
  expect(waits).toEqual([1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000]);
});
