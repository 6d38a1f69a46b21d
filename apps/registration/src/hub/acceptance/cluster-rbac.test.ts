import { describe, expect, test } from '@jest/globals';
import {
  clusterLabels,
  clusterRole,
  clusterRoleBinding,
  registrationRoleBinding,
  workRoleBinding,
} from './cluster-rbac.ts';

const PREFIX = 'open-cluster-management:managedcluster:c1';
const GROUPS = [
  { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:open-cluster-management:c1' },
  { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'open-cluster-management:c1' },
];

describe('the permissions of a cluster', () => {
  test('[registration 24] names, subjects and roles of the four objects', () => {
    expect(clusterRole('c1', 'accepted', {}).metadata.name).toBe(PREFIX);
    expect(clusterRole('c1', 'accepted', {}).rules).toHaveLength(4);
    expect(clusterRoleBinding('c1', {})).toMatchObject({
      metadata: { name: PREFIX },
      roleRef: { kind: 'ClusterRole', name: PREFIX },
      subjects: GROUPS,
    });
    expect(registrationRoleBinding('c1', {})).toMatchObject({
      metadata: { namespace: 'c1', name: `${PREFIX}:registration` },
      roleRef: { kind: 'ClusterRole', name: 'open-cluster-management:managedcluster:registration' },
      subjects: GROUPS,
    });
    expect(workRoleBinding('c1', {})).toMatchObject({
      metadata: {
        namespace: 'c1',
        name: `${PREFIX}:work`,
        finalizers: ['cluster.open-cluster-management.io/manifest-work-cleanup'],
      },
      roleRef: { kind: 'ClusterRole', name: 'open-cluster-management:managedcluster:work' },
      subjects: GROUPS,
    });
  });

  test('[registration 15] the right to renew comes with the acceptance alone, without a resource name', () => {
    const renewal = {
      apiGroups: ['register.open-cluster-management.io'],
      resources: ['managedclusters/clientcertificates'],
      verbs: ['renew'],
    };
    expect(clusterRole('c1', 'accepted', {}).rules).toContainEqual(renewal);
    expect(clusterRole('c1', 'denied', {}).rules).not.toContainEqual(renewal);
  });

  test('[registration 26] a denied cluster may only look at itself', () => {
    expect(clusterRole('c1', 'denied', {}).rules).toEqual([
      {
        apiGroups: ['cluster.open-cluster-management.io'],
        resources: ['managedclusters'],
        resourceNames: ['c1'],
        verbs: ['get', 'list', 'watch'],
      },
    ]);
  });

  test('extra labels are copied, and cannot hide the cluster', () => {
    const extra = { team: 'a', 'open-cluster-management.io/cluster-name': 'other' };
    expect(clusterLabels('c1', extra)).toEqual({ team: 'a', 'open-cluster-management.io/cluster-name': 'c1' });
    expect(clusterLabels('c2', extra)['open-cluster-management.io/cluster-name']).toBe('c2');
    expect(extra['open-cluster-management.io/cluster-name']).toBe('other');
  });
});
