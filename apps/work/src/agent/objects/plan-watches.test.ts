import { describe, expect, test } from '@jest/globals';
import type { AppliedResource } from '@ocm/api';
import { planWatches, scopeKeysOf } from './plan-watches.ts';

const inNamespaces = (resource: string, ...namespaces: readonly string[]): readonly AppliedResource[] =>
  namespaces.map((namespace, index) => ({ group: '', version: 'v1', resource, namespace, name: `x${index}` }));
const limits = { namespaces: 2, watches: 4 };
const keysOf = (...resources: readonly AppliedResource[]) => planWatches(resources, limits).map(({ key }) => key);

describe('planWatches', () => {
  test('nothing applied needs no watch', () => {
    expect(keysOf()).toEqual([]);
  });

  test('few namespaces are watched one by one', () => {
    expect(planWatches(inNamespaces('configmaps', 'a', 'b', 'a'), limits)).toEqual([
      { key: '/configmaps/a', kind: expect.objectContaining({ plural: 'configmaps', version: 'v1' }), namespace: 'a' },
      { key: '/configmaps/b', kind: expect.objectContaining({ namespaced: true }), namespace: 'b' },
    ]);
  });

  test('many namespaces are watched at once', () => {
    expect(planWatches(inNamespaces('configmaps', 'a', 'b', 'c'), limits)).toMatchObject([
      { key: '/configmaps', namespace: undefined, kind: { namespaced: true } },
    ]);
  });

  test('cluster-scoped resources have one watch', () => {
    expect(keysOf({ group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles', name: 'x' })).toEqual([
      'rbac.authorization.k8s.io/clusterroles',
    ]);
  });

  test('two versions of one resource have one watch', () => {
    const [resource] = inNamespaces('configmaps', 'a');
    expect(resource && keysOf(resource, { ...resource, version: 'v2' })).toEqual(['/configmaps/a']);
  });

  test('too many watches become one for each resource', () => {
    const resources = ['r1', 'r2', 'r3'].flatMap((resource) => inNamespaces(resource, 'a', 'b'));
    expect(keysOf(...resources)).toEqual(['/r1', '/r2', '/r3']);
  });

  test('still too many: those with most objects', () => {
    const resources = ['r1', 'r2', 'r3', 'r4', 'r5'].flatMap((resource) => inNamespaces(resource, 'a'));
    expect(keysOf(...resources, ...inNamespaces('r5', 'a'))).toEqual(['/r5', '/r1', '/r2', '/r3']);
  });
});

test('a resource is found in the watch of its namespace or in that of all', () => {
  expect(scopeKeysOf({ resource: 'configmaps', namespace: 'a' })).toEqual(['/configmaps/a', '/configmaps']);
  expect(scopeKeysOf({ group: 'apps', resource: 'things' })).toEqual(['apps/things']);
});
