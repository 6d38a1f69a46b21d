import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { isHeld, wantedFinalizers } from './wanted-finalizers.ts';

const PERMISSIONS = 'cluster.open-cluster-management.io/api-resource-cleanup';
const CLEANUP = 'cluster.open-cluster-management.io/resource-cleanup';

test.each([
  { accepted: false, ResourceCleanup: true, present: [], want: [CLEANUP] },
  { accepted: true, ResourceCleanup: true, present: [], want: [PERMISSIONS, CLEANUP] },
  { accepted: true, ResourceCleanup: true, present: [CLEANUP], want: [CLEANUP, PERMISSIONS] },
  { accepted: true, ResourceCleanup: false, present: [], want: [PERMISSIONS] },
  { accepted: false, ResourceCleanup: false, present: [], want: [] },
  { accepted: false, ResourceCleanup: true, present: ['mine', PERMISSIONS], want: ['mine', PERMISSIONS, CLEANUP] },
])(
  'accepted $accepted, gate $ResourceCleanup, with $present: $want',
  ({ accepted, ResourceCleanup, present, want }) => {
    const cluster = aCluster({ accepted, finalizers: present });
    expect(wantedFinalizers(cluster, { ResourceCleanup })).toEqual(want);
    expect(isHeld(cluster, { ResourceCleanup })).toBe(present.length === want.length);
  },
);
