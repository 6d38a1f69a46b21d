import { describe, expect, test } from '@jest/globals';
import { ConfigMap, Lease, ManagedCluster, SubjectAccessReview } from '@ocm/api';
import { isKubeError } from './error.ts';
import { collectionPath, describeObject, objectPath, query } from './resource-address.ts';

const CLUSTERS = '/apis/cluster.open-cluster-management.io/v1/managedclusters';

describe('paths', () => {
  test.each([
    [ConfigMap, undefined, '/api/v1/configmaps'],
    [ConfigMap, 'a', '/api/v1/namespaces/a/configmaps'],
    [Lease, 'a', '/apis/coordination.k8s.io/v1/namespaces/a/leases'],
    [ManagedCluster, undefined, CLUSTERS],
    // work 22: cluster-scoped manifests may carry a namespace
    [ManagedCluster, 'a', CLUSTERS],
  ])('all objects of %# in namespace %s', (kind, namespace, path) => {
    expect(collectionPath(kind, namespace)).toBe(path);
  });

  test.each([
    { kind: ConfigMap, ref: { namespace: 'a', name: 'b' }, path: '/api/v1/namespaces/a/configmaps/b' },
    { kind: ManagedCluster, ref: 'c1', subresource: 'status', path: `${CLUSTERS}/c1/status` },
    { kind: ManagedCluster, ref: { namespace: 'a', name: 'system:x/y' }, path: `${CLUSTERS}/system%3Ax%2Fy` },
  ])('one object: $path', ({ kind, ref, subresource, path }) => {
    expect(objectPath(kind, ref, subresource)).toBe(path);
  });

  test.each([
    [ConfigMap, 'b', /configmaps "b": a namespace is needed/],
    [ConfigMap, { namespace: '', name: 'b' }, /a namespace is needed/],
    [ManagedCluster, '', /a name is needed/],
  ])('an incomplete reference %# is refused: it would address the collection', (kind, ref, message) => {
    expect(() => objectPath(kind, ref)).toThrow(message);
    try {
      objectPath(kind, ref);
    } catch (error) {
      expect(isKubeError(error, 'bad-request')).toBe(true);
    }
  });
});

test.each([
  [ConfigMap, { namespace: 'a', name: 'b' }, 'configmaps "a/b"'],
  [ManagedCluster, { namespace: 'a', name: 'b' }, 'managedclusters.cluster.open-cluster-management.io "b"'],
  [SubjectAccessReview, '', 'subjectaccessreviews.authorization.k8s.io'],
])('description %#', (kind, ref, text) => {
  expect(describeObject(kind, ref)).toBe(text);
});

test('absent, empty and false parameters are left out, others are encoded', () => {
  const parameters = { a: 'x=y,z', limit: 500, watch: true, force: false, continue: undefined, fieldSelector: '' };
  expect(query(parameters)).toBe('?a=x%3Dy%2Cz&limit=500&watch=true');
  expect(query({ a: undefined })).toBe('');
});
