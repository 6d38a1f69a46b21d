import { describe, expect, test } from '@jest/globals';
import type { Node } from '@ocm/api';
import * as fc from 'fast-check';
import { countsTheSame, slimNode, sumResources } from './sum-resources.ts';

const node = (resources: Record<string, string>, unschedulable = false): Node => ({
  metadata: { name: 'n' },
  spec: { unschedulable },
  status: { capacity: resources, allocatable: resources },
});

describe('sumResources', () => {
  test('[registration 39] capacity counts all nodes, allocatable the schedulable ones', () => {
    const nodes = [node({ cpu: '1500m', memory: '1Gi' }), node({ cpu: '500m', memory: '512Mi', 'x/gpu': '2' }, true)];
    expect(sumResources(nodes)).toEqual({
      capacity: { cpu: '2', memory: '1536Mi', 'x/gpu': '2' },
      allocatable: { cpu: '1500m', memory: '1Gi' },
    });
  });

  test('[registration 39] capacity that others publish survives, allocatable is replaced', () => {
    expect(sumResources([node({ cpu: '1' })], { cpu: '9', sockets: '4' })).toEqual({
      capacity: { cpu: '1', sockets: '4' },
      allocatable: { cpu: '1' },
    });
  });

  test('a cluster without nodes has no allocatable resources', () => {
    expect(sumResources([], { sockets: '4' })).toEqual({ capacity: { sockets: '4' }, allocatable: {} });
  });

  test('a quantity that is none is refused', () => {
    expect(() => sumResources([node({ cpu: 'many' })])).toThrow(RangeError);
  });

  test('the order of nodes does not matter, and what was reported before changes nothing', () => {
    const cpus = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 8 });
    fc.assert(
      fc.property(cpus, (millis) => {
        const nodes = millis.map((milli) => node({ cpu: `${milli}m` }));
        const once = sumResources(nodes);
        expect(sumResources(nodes.toReversed())).toEqual(once);
        expect(sumResources(nodes, once.capacity)).toEqual(once);
      }),
    );
  });
});

describe('countsTheSame', () => {
  const before = node({ cpu: '1', memory: '1Gi' });
  test.each([
    ['a heartbeat', { ...before, metadata: { name: 'n', resourceVersion: '9' } }, true],
    ['another order', { ...before, status: { ...before.status, capacity: { memory: '1Gi', cpu: '1' } } }, true],
    ['more memory', node({ cpu: '1', memory: '2Gi' }), false],
    ['a cordon', node({ cpu: '1', memory: '1Gi' }, true), false],
  ] as const)('%s: %#', (_, after, want) => {
    expect(countsTheSame(before, after)).toBe(want);
  });
});

test('of a node only what is counted is kept', () => {
  const fat: Node = {
    metadata: { name: 'n', uid: 'u', resourceVersion: '1', labels: { a: 'b' }, annotations: { c: 'd' } },
    spec: { unschedulable: true },
    status: { capacity: { cpu: '1' }, allocatable: { cpu: '1' }, conditions: [{ type: 'Ready', status: 'True' }] },
  };
  expect(slimNode(fat)).toEqual({
    metadata: { name: 'n', uid: 'u', resourceVersion: '1' },
    spec: { unschedulable: true },
    status: { capacity: { cpu: '1' }, allocatable: { cpu: '1' } },
  });
  expect(sumResources([slimNode(fat)])).toEqual(sumResources([fat]));
});
