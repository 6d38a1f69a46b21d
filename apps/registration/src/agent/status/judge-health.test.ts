import { expect, test } from '@jest/globals';
import { judgeHealth } from './judge-health.ts';

const FAILED = { kind: 'unhealthy', code: 500, text: '[-]etcd failed' } as const;
const graceMs = 20_000;

test('[registration 37] a healthy API server is available, however long it failed', () => {
  expect(judgeHealth({ kind: 'healthy' }, { failingSinceMs: 0, graceMs, nowMs: 99_999 })).toMatchObject({
    kind: 'available',
    condition: { status: 'True', reason: 'ManagedClusterAvailable' },
  });
});

test.each([
  { failingSinceMs: undefined, nowMs: 50_000, since: 50_000 },
  { failingSinceMs: 50_000, nowMs: 69_999, since: 50_000 },
])('[registration 37] for less than 20 s the present condition stays: %j', ({ failingSinceMs, nowMs, since }) => {
  expect(judgeHealth(FAILED, { failingSinceMs, graceMs, nowMs })).toEqual({ kind: 'wavering', failingSinceMs: since });
});

test('[registration 37] from 20 s on it is unavailable, with status code and body', () => {
  expect(judgeHealth(FAILED, { failingSinceMs: 50_000, graceMs, nowMs: 70_000 })).toEqual({
    kind: 'unavailable',
    failingSinceMs: 50_000,
    condition: {
      type: 'ManagedClusterConditionAvailable',
      status: 'False',
      reason: 'ManagedClusterKubeAPIServerUnavailable',
      message: 'The kube-apiserver is not ok, status code: 500, [-]etcd failed',
    },
  });
});

test('a long answer is cut', () => {
  const health = judgeHealth({ ...FAILED, text: 'x'.repeat(100_000) }, { failingSinceMs: 0, graceMs, nowMs: 20_000 });
  expect(health.kind === 'unavailable' && health.condition.message.length).toBeLessThan(1200);
});
