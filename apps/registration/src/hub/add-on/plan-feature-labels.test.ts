import type { ManagedClusterAddOn } from '@ocm/api';
import { aCluster, anAddOn, type ClusterOver } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { planFeatureLabels } from './plan-feature-labels.ts';

const label = (addOn: string): string => `feature.open-cluster-management.io/addon-${addOn}`;
const addOn = (name: string, status?: 'True' | 'False' | 'Unknown', metadata = {}): ManagedClusterAddOn =>
  anAddOn({ name, metadata, ...(status === undefined ? {} : { conditions: [{ type: 'Available', status }] }) });
const gone = { deletionTimestamp: '2026-01-01T00:00:00Z' };

test.each([
  { status: 'True', value: 'available' },
  { status: 'False', value: 'unhealthy' },
  { status: 'Unknown', value: 'unreachable' },
  { status: undefined, value: 'unreachable' },
] as const)('[registration 63] an add-on with Available=$status is $value', ({ status, value }) => {
  const plan = planFeatureLabels(aCluster({ available: 'True' }), [addOn('a', status)]);
  expect(plan).toEqual({ kind: 'change', labels: { [label('a')]: value } });
});

test('[registration 63] labels follow the add-ons: what is right stays, what is gone or going is removed', () => {
  const cluster = aCluster({
    available: 'True',
    labels: {
      [label('right')]: 'available',
      [label('gone')]: 'available',
      [label('going')]: 'available',
      mine: 'stays',
    },
  });
  const addOns = [addOn('right', 'True'), addOn('going', 'True', gone), addOn('new', 'False')];
  expect(planFeatureLabels(cluster, addOns)).toEqual({
    kind: 'change',
    labels: { [label('gone')]: null, [label('going')]: null, [label('new')]: 'unhealthy' },
  });
});

test.each<{ readonly what: string; readonly over: ClusterOver; readonly addOns: readonly ManagedClusterAddOn[] }>([
  {
    what: 'labels are right',
    over: { available: 'True', labels: { [label('a')]: 'available' } },
    addOns: [addOn('a', 'True')],
  },
  { what: 'the cluster is being deleted', over: { available: 'True', metadata: gone }, addOns: [addOn('a', 'True')] },
  { what: 'nothing is known of the cluster', over: {}, addOns: [addOn('a', 'True')] },
  { what: 'the name is too long for a label', over: { available: 'True' }, addOns: [addOn('a'.repeat(60), 'True')] },
])('nothing changes when $what', ({ over, addOns }) => {
  expect(planFeatureLabels(aCluster(over), addOns)).toEqual({ kind: 'keep' });
});
