import type { ManagedCluster } from '@ocm/api';
import type { ObjectEvent } from '@ocm/kube';
import { aCluster, aClusterSet } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { membershipReader } from './memberships.ts';
import { setsTouched } from './sets-touched.ts';

const sets = [
  aClusterSet({ name: 'a' }),
  aClusterSet({ name: 'b' }),
  aClusterSet({
    name: 'eu',
    selector: { selectorType: 'LabelSelector', labelSelector: { matchLabels: { region: 'eu' } } },
  }),
  aClusterSet({ name: 'all', selector: { selectorType: 'LabelSelector', labelSelector: {} } }),
  aClusterSet({ name: 'nobody', selector: { selectorType: 'LabelSelector' } }),
];
const inA = aCluster({ set: 'a', labels: { region: 'eu' } });
const inB = aCluster({ set: 'b', labels: { region: 'eu' } });

test.each<{ readonly what: string; readonly event: ObjectEvent<ManagedCluster>; readonly want: readonly string[] }>([
  { what: 'appears', event: { type: 'added', object: inA, initial: false }, want: ['a', 'eu', 'all'] },
  { what: 'goes', event: { type: 'deleted', object: inB }, want: ['b', 'eu', 'all'] },
  { what: 'moves', event: { type: 'updated', object: inB, previous: inA }, want: ['a', 'b'] },
  {
    what: 'gets a label that no set asks for',
    event: { type: 'updated', object: aCluster({ set: 'a', labels: { region: 'eu', x: 'y' } }), previous: inA },
    want: [],
  },
  {
    what: 'leaves a selector',
    event: { type: 'updated', object: aCluster({ set: 'a' }), previous: inA },
    want: ['eu'],
  },
  { what: 'is delivered again', event: { type: 'resync', object: inA }, want: [] },
])('[registration 44, 45] a cluster that $what touches the sets $want', ({ event, want }) => {
  expect(setsTouched(event, sets, membershipReader())).toEqual(want);
});
