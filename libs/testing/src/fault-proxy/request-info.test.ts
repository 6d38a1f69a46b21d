import { expect, test } from '@jest/globals';
import { isWrite, requestInfo } from './request-info.ts';

const WATCHED = '/apis/work.open-cluster-management.io/v1/namespaces/c1/manifestworks?watch=true&resourceVersion=5';

test.each([
  ['GET', '/api/v1/namespaces', ['list', '', 'namespaces', '', '']],
  ['GET', '/api/v1/namespaces/c1', ['get', '', 'namespaces', '', 'c1']],
  ['PUT', '/api/v1/namespaces/c1/finalize', ['update', '', 'namespaces/finalize', '', 'c1']],
  ['PATCH', '/api/v1/namespaces/c1/status', ['patch', '', 'namespaces/status', '', 'c1']],
  ['GET', '/api/v1/namespaces/c1/secrets', ['list', '', 'secrets', 'c1', '']],
  ['DELETE', '/api/v1/namespaces/c1/secrets', ['deletecollection', '', 'secrets', 'c1', '']],
  ['DELETE', '/api/v1/namespaces/c1/secrets/s%3A1', ['delete', '', 'secrets', 'c1', 's:1']],
  ['GET', WATCHED, ['watch', 'work.open-cluster-management.io', 'manifestworks', 'c1', '']],
  ['POST', '/apis/coordination.k8s.io/v1/namespaces/c1/leases', ['create', 'coordination.k8s.io', 'leases', 'c1', '']],
  ['PATCH', '/apis/cluster.x/v1/managedclusters/c1/status', ['patch', 'cluster.x', 'managedclusters/status', '', 'c1']],
  ['GET', '/apis/work.x/v1', ['get', '', '', '', '']],
  ['GET', '/readyz?verbose', ['get', '', '', '', '']],
])('%s %s is read as kube-apiserver reads it', (method, path, want) => {
  const { verb, group, resource, namespace, name } = requestInfo(method, path, '');
  expect(resource === '' ? [verb, '', resource, namespace, name] : [verb, group, resource, namespace, name]).toEqual(
    want,
  );
});

test.each([
  ['POST', '/api/v1/namespaces', true],
  ['DELETE', '/api/v1/namespaces/c1', true],
  ['GET', '/api/v1/namespaces/c1', false],
  ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', false],
])('%s %s changes stored objects: %s', (method, path, want) => {
  expect(isWrite(requestInfo(method, path, ''))).toBe(want);
});
