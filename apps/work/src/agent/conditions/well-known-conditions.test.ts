import { describe, expect, test } from '@jest/globals';
import type { AnyObject } from '../manifest/any-object.ts';
import { wellKnownCondition } from './well-known-conditions.ts';

const judge = (name: string, kind: string, { generation = 2, ...object }: Readonly<Record<string, unknown>>) => {
  const whole = { ...apiOf(kind), metadata: { name: 'x', generation }, ...object } as unknown as AnyObject;
  return wellKnownCondition(name, whole)?.(whole);
};
const apiOf = (kind: string) => ({ apiVersion: { Job: 'batch/v1', Pod: 'v1' }[kind] ?? 'apps/v1', kind });
const holds = (name: string, kind: string, object: Readonly<Record<string, unknown>>) =>
  judge(name, kind, object)?.holds;
const both = (kind: string, object: Readonly<Record<string, unknown>>) => [
  holds('Progressing', kind, object),
  holds('Degraded', kind, object),
];
const condition = (type: string, status: string, reason = 'R') => ({ type, status, reason, message: 'why' });

describe('Deployment', () => {
  const spec = { replicas: 3 };
  const seen = { observedGeneration: 2 };
  const done = condition('Progressing', 'True', 'NewReplicaSetAvailable');
  const counts = (updatedReplicas: number, availableReplicas: number, replicas = 3) => ({
    ...seen,
    replicas,
    updatedReplicas,
    availableReplicas,
  });
  test.each<[string, object, boolean, boolean]>([
    ['just written', {}, true, false],
    ['of which the status is old', { observedGeneration: 1, conditions: [done] }, true, false],
    ['being rolled out', { ...counts(1, 3), conditions: [condition('Progressing', 'True')] }, true, false],
    ['starting without Pods', { ...counts(3, 0), conditions: [condition('Available', 'False')] }, true, false],
    ['with old Pods left', counts(3, 3, 4), true, false],
    ['rolled out', { ...counts(3, 3), conditions: [done] }, false, false],
    ['rolled out, without a deadline', counts(3, 3), false, false],
    [
      'that has lost a Pod since',
      { ...counts(3, 2), conditions: [done, condition('Available', 'True')] },
      false,
      false,
    ],
    [
      'that has lost its Pods since',
      { ...counts(3, 0), conditions: [done, condition('Available', 'False')] },
      false,
      true,
    ],
    [
      'past its deadline',
      { ...counts(1, 2), conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded')] },
      true,
      true,
    ],
    ['that may not make Pods', { ...counts(0, 0), conditions: [condition('ReplicaFailure', 'True')] }, true, true],
  ])('%s', (_what, status, ...expected) => {
    expect(both('Deployment', { spec, status })).toEqual(expected);
  });
});

const revisions = (current: string, update: string) => ({ currentRevision: current, updateRevision: update });

const statefulCounts = (updatedReplicas: number, readyReplicas: number) => ({
  observedGeneration: 2,
  replicas: 3,
  updatedReplicas,
  readyReplicas,
  availableReplicas: readyReplicas,
});

describe('StatefulSet', () => {
  const spec = { replicas: 3 };
  test.each<[string, object, boolean, boolean]>([
    ['just written', {}, true, false],
    ['starting', { ...statefulCounts(3, 0), ...revisions('a', 'a') }, true, false],
    ['rolled out', { ...statefulCounts(3, 3), ...revisions('a', 'a') }, false, false],
    ['being updated', { ...statefulCounts(1, 2), ...revisions('a', 'b') }, true, false],
    ['losing Pods during its update', { ...statefulCounts(1, 1), ...revisions('a', 'b') }, true, true],
  ])('%s', (_what, status, ...expected) => {
    expect(both('StatefulSet', { spec, status })).toEqual(expected);
  });

  test('Pods below the partition stay as they are', () => {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
    expect(
      holds('Progressing', 'StatefulSet', { spec: { ...spec, updateStrategy }, status: statefulCounts(1, 3) }),
    ).toBe(false);
  });

  test('nobody updates Pods of the strategy OnDelete', () => {
    const updateStrategy = { type: 'OnDelete' };
    expect(
      holds('Progressing', 'StatefulSet', { spec: { ...spec, updateStrategy }, status: statefulCounts(0, 3) }),
    ).toBe(false);
  });
});

const daemonCounts = (updatedNumberScheduled: number, numberAvailable: number, currentNumberScheduled = 10) => ({
  observedGeneration: 2,
  desiredNumberScheduled: 10,
  currentNumberScheduled,
  updatedNumberScheduled,
  numberAvailable,
});

describe('DaemonSet', () => {
  test.each<[string, object, boolean, boolean]>([
    ['just written', {}, true, false],
    ['starting', daemonCounts(4, 0, 4), true, false],
    ['all Pods starting', daemonCounts(10, 0), true, false],
    ['rolled out', daemonCounts(10, 10), false, false],
    ['being updated', daemonCounts(3, 9), true, false],
    ['losing Pods during its update', daemonCounts(3, 7), true, true],
  ])('%s', (_what, status, ...expected) => {
    expect(both('DaemonSet', { status })).toEqual(expected);
  });

  test('as many Pods as it says may be down', () => {
    const updateStrategy = { rollingUpdate: { maxUnavailable: '30%' } };
    expect(holds('Degraded', 'DaemonSet', { spec: { updateStrategy }, status: daemonCounts(3, 7) })).toBe(false);
  });
});

describe('Job', () => {
  test.each<[string, readonly object[], boolean, boolean]>([
    ['running', [], true, false],
    ['suspended', [condition('Suspended', 'True')], true, false],
    ['succeeded', [condition('Complete', 'True')], false, false],
    ['failed', [condition('Failed', 'True')], true, true],
    ['bound to fail', [condition('FailureTarget', 'True')], true, true],
  ])('%s', (_what, conditions, ...expected) => {
    expect(both('Job', { status: { conditions } })).toEqual(expected);
  });
});

const waiting = (reason: string) => [{ name: 'web', state: { waiting: { reason } } }];

describe('Pod', () => {
  const ready = [condition('Ready', 'True')];
  test.each<[string, object, boolean, boolean, boolean]>([
    ['just written', {}, true, false, false],
    ['starting', { phase: 'Pending', containerStatuses: waiting('ContainerCreating') }, true, false, false],
    ['ready', { phase: 'Running', conditions: ready }, false, false, false],
    ['without its image', { phase: 'Pending', containerStatuses: waiting('ImagePullBackOff') }, true, true, false],
    ['whose start fails', { phase: 'Pending', initContainerStatuses: waiting('CrashLoopBackOff') }, true, true, false],
    ['succeeded', { phase: 'Succeeded' }, false, false, true],
    ['failed', { phase: 'Failed', reason: 'Evicted' }, true, true, true],
  ])('%s', (_what, status, ...[progressing, degraded, complete]) => {
    expect(both('Pod', { status })).toEqual([progressing, degraded]);
    expect(holds('Complete', 'Pod', { status })).toBe(complete);
  });

  test('its phase is told', () => {
    expect(judge('Complete', 'Pod', { status: { phase: 'Running' } })?.message).toBe('Pod is in phase Running');
  });
});

test.each(['Deployment', 'StatefulSet', 'DaemonSet'])('%s is never complete', (kind) => {
  expect(judge('Complete', kind, {})).toBeUndefined();
});
