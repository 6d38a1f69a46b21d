import { expect, test } from '@jest/globals';
import { KubeError } from '@ocm/kube';
import { aCluster, aNode } from '@ocm/testing';
import { resourcesStage } from './resources-stage.ts';

const { signal } = new AbortController();

function setUp({ synced = true, failing = false, cpu = '2' } = {}) {
  let nowMs = 0;
  let asked = 0;
  const stage = resourcesStage({
    spoke: {
      version() {
        asked += 1;
        if (failing) throw new KubeError('GET /version: connection refused', { code: 'unavailable' });
        return Promise.resolve('v1.35.4');
      },
    },
    nodes: { synced, list: () => [aNode({ capacity: { cpu }, allocatable: { cpu } })] },
    clock: { now: () => new Date(nowMs) },
    intervals: { versionRefreshMs: 600_000 },
  });
  return {
    report: (ms = 0) => {
      nowMs = ms;
      return stage(aCluster({ capacity: { sockets: '1' } }), signal);
    },
    asked: () => asked,
  };
}

test('[registration 39] version, capacity and allocatable are reported', async () => {
  await expect(setUp().report()).resolves.toEqual({
    kind: 'continue',
    status: {
      version: { kubernetes: 'v1.35.4' },
      capacity: { cpu: '2', sockets: '1' },
      allocatable: { cpu: '2' },
    },
  });
});

test('the version is asked for now and then, not in every pass', async () => {
  const { report, asked } = setUp();
  await report(0);
  await report(599_999);
  expect(asked()).toBe(1);
  await report(600_000);
  expect(asked()).toBe(2);
});

test('half a list of nodes is not reported', async () => {
  const { report, asked } = setUp({ synced: false });
  await expect(report()).resolves.toMatchObject({ kind: 'stop', status: { capacity: { sockets: '1' } } });
  expect(asked()).toBe(0);
});

test.each([
  [{ failing: true }, 'connection refused'],
  [{ cpu: 'many' }, '"many" is not a quantity'],
])('what cannot be told stops with its reason: %j', async (over, reason) => {
  const result = await setUp(over).report();
  expect(result.kind).toBe('stop');
  expect(result.error?.message).toContain('cannot tell version and resources of the cluster');
  expect(result.error?.message).toContain(reason);
});
