import { type KubeObject, ManifestWork } from '@ocm/api';
import { aCluster, aManifestWork } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { cleanupPriority, planCleanup, planTypeCleanup } from './plan-cleanup.ts';

const FINALIZER = 'cluster.open-cluster-management.io/resource-cleanup';
const deletionTimestamp = '2026-01-01T00:00:00Z';

test.each([
  { what: 'not accepted, without finalizer', on: true, over: { accepted: false }, want: 'hold' },
  { what: 'accepted, without finalizer: it comes with the acceptance', on: true, over: {}, want: 'nothing' },
  { what: 'held', on: true, over: { accepted: false, finalizers: [FINALIZER] }, want: 'nothing' },
  {
    what: 'held, being deleted',
    on: true,
    over: { finalizers: [FINALIZER], metadata: { deletionTimestamp } },
    want: 'empty',
  },
  { what: 'being deleted, let go already', on: true, over: { metadata: { deletionTimestamp } }, want: 'nothing' },
  { what: 'without finalizer, gate off', on: false, over: { accepted: false }, want: 'nothing' },
  { what: 'held, gate off', on: false, over: { finalizers: [FINALIZER] }, want: 'nothing' },
  {
    what: 'held, being deleted, gate off',
    on: false,
    over: { finalizers: [FINALIZER], metadata: { deletionTimestamp } },
    want: 'release',
  },
])('a cluster that is $what: $want', ({ on, over, want }) => {
  expect(planCleanup(aCluster(over), on).kind).toBe(want);
});

test('[registration 29] a cluster that is gone is cleaned up after, unless the gate is off', () => {
  expect(planCleanup(undefined, true)).toEqual({ kind: 'empty', cluster: undefined });
  expect(planCleanup(undefined, false)).toEqual({ kind: 'nothing' });
});

test.each([
  { text: undefined, want: 0 },
  { text: '', want: 0 },
  { text: '0', want: 0 },
  { text: '20', want: 20 },
  { text: '+7', want: 7 },
  { text: '100', want: 100 },
  { text: '101', want: 0 },
  { text: '-1', want: 0 },
  { text: '1.5', want: 0 },
  { text: '1e1', want: 0 },
  { text: 'high', want: 0 },
])('a cleanup priority of $text counts as $want', ({ text, want }) => {
  expect(cleanupPriority(work('w', { priority: text }))).toBe(want);
});

describe('objects of one type', () => {
  test('[registration 28] without any, the type is empty', () => {
    expect(planTypeCleanup(ManifestWork, [])).toEqual({ kind: 'empty' });
  });

  test('[registration 28] only the lowest priority that is left is deleted', () => {
    const plan = planTypeCleanup(ManifestWork, [
      work('late', { priority: '100' }),
      work('first'),
      work('also first', { priority: 'odd' }),
      work('second', { priority: '20' }),
    ]);
    expect(toDelete(plan)).toEqual(['first', 'also first']);
  });

  test('[registration 28] what is being deleted is not deleted again, and holds back what comes after it', () => {
    const plan = planTypeCleanup(ManifestWork, [work('going', { deleting: true }), work('second', { priority: '20' })]);
    expect(toDelete(plan)).toEqual([]);
    expect(plan).toMatchObject({
      condition: {
        type: 'Deleting',
        status: 'False',
        reason: 'ResourceRemaining',
        message:
          '2 manifestworks.v1.work.open-cluster-management.io remain in the cluster namespace, 1 of them with finalizers',
      },
    });
  });
});

function toDelete(plan: ReturnType<typeof planTypeCleanup>): readonly string[] {
  return plan.kind === 'empty' ? [] : plan.toDelete.map(({ metadata }) => metadata.name);
}

function work(
  name: string,
  { priority, deleting = false }: { priority?: string | undefined; deleting?: boolean } = {},
): KubeObject {
  const annotations = priority === undefined ? undefined : { 'open-cluster-management.io/cleanup-priority': priority };
  const metadata = deleting ? { deletionTimestamp, finalizers: ['x/y'] } : {};
  return aManifestWork({ name, annotations, metadata });
}
