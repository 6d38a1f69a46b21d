import { describe, expect, test } from '@jest/globals';
import { integerAttribute, stringAttribute } from '../event.ts';
import { dataTypes } from '../event-type.ts';
import { judgeAgentEvent } from './judge-event.ts';

const BUNDLE = 'io.open-cluster-management.works.v1alpha1.manifestbundles';
const LEASE = 'coordination.k8s.io.v1.leases';
const ours = stringAttribute('cluster1');

describe('what an agent does with an event', () => {
  test.each([
    { type: `${BUNDLE}.spec.create_request`, cluster: ours, want: 'store' },
    { type: `${BUNDLE}.spec.resync_response`, cluster: ours, want: 'store' },
    { type: `${BUNDLE}.spec.whatever`, cluster: ours, want: 'store' },
    { type: `${BUNDLE}.status.resync_request`, cluster: ours, want: 'answer-status-resync' },
    { type: `${BUNDLE}.status.resync_request`, cluster: stringAttribute(''), want: 'answer-status-resync' },
    { type: `${BUNDLE}.status.resync_request`, cluster: stringAttribute('cluster2'), want: 'drop' },
    { type: `${BUNDLE}.spec.resync_request`, cluster: ours, want: 'drop' },
    { type: `${BUNDLE}.status.update_request`, cluster: ours, want: 'drop' },
    { type: `${BUNDLE}.spec.create_request`, cluster: stringAttribute('cluster2'), want: 'drop' },
    { type: `${BUNDLE}.spec.create_request`, cluster: stringAttribute(''), want: 'drop' },
    { type: `${BUNDLE}.spec.create_request`, cluster: undefined, want: 'drop' },
    { type: `${BUNDLE}.spec.create_request`, cluster: integerAttribute('clustername', 1), want: 'drop' },
    { type: `${LEASE}.spec.update_request`, cluster: ours, want: 'drop' },
    { type: 'nonsense', cluster: ours, want: 'drop' },
    { type: `${BUNDLE}.scale.update_request`, cluster: ours, want: 'drop' },
  ])('$type for $cluster.value: $want', ({ type, cluster, want }) => {
    const extensions = new Map(cluster === undefined ? [] : [['clustername', cluster]]);
    const event = { id: 'i', source: 'kube', type, extensions };
    expect(judgeAgentEvent(event, { clusterName: 'cluster1', dataType: dataTypes.bundle }).kind).toBe(want);
  });
});
