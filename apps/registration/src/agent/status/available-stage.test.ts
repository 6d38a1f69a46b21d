import { expect, test } from '@jest/globals';
import { findCondition } from '@ocm/api';
import { aCluster } from '@ocm/testing';
import { availableStage } from './available-stage.ts';

const { signal } = new AbortController();
const CLUSTER = aCluster({ available: 'True' });

function setUp(): { readonly at: (ms: number, status: number) => Promise<string> } {
  let nowMs = 0;
  let status = 200;
  const stage = availableStage({
    spoke: { request: () => Promise.resolve({ status, headers: {}, body: 'x' }) },
    clock: { now: () => new Date(nowMs) },
    intervals: { unhealthyGraceMs: 20_000, unhealthyRecheckMs: 5000 },
  });
  return {
    async at(ms, answer) {
      nowMs = ms;
      status = answer;
      const result = await stage(CLUSTER, signal);
      const available = findCondition(result.status.conditions, 'ManagedClusterConditionAvailable')?.status;
      return `${result.kind} ${available} ${'recheckMs' in result ? result.recheckMs : ''}`.trim();
    },
  };
}

test('[registration 37] a row of failures counts from its first, and a success ends it', async () => {
  const { at } = setUp();
  await expect(at(0, 200)).resolves.toBe('continue True');
  await expect(at(1000, 500)).resolves.toBe('stop True 5000');
  await expect(at(20_000, 500)).resolves.toBe('stop True 5000');
  await expect(at(20_500, 200)).resolves.toBe('continue True');
  await expect(at(21_500, 500)).resolves.toBe('stop True 5000');
  await expect(at(41_500, 500)).resolves.toBe('stop False 5000');
  await expect(at(42_000, 200)).resolves.toBe('continue True');
});
