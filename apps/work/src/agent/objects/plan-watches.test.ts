import { describe, expect, test } from '@jest/globals';
import { planWatches, scopeKeysOf, type TypeUse } from './plan-watches.ts';

const inNamespaces = (resource: string, ...namespaces: readonly string[]): TypeUse => ({
  sample: { group: '', version: 'v1', resource },
  byNamespace: new Map(namespaces.map((namespace) => [namespace, { objects: 1, reported: 0 }])),
});
const inOne = (resource: string, count: { readonly objects: number; readonly reported: number }): TypeUse => ({
  sample: { group: '', version: 'v1', resource },
  byNamespace: new Map([['a', count]]),
});
const limits = { namespaces: 2, watches: 4 };
const keysOf = (...uses: readonly TypeUse[]) => planWatches(uses, limits).map(({ key }) => key);

describe('planWatches', () => {
  test('nothing applied needs no watch', () => {
    expect(keysOf()).toEqual([]);
  });

  test('few namespaces are watched one by one', () => {
    expect(planWatches([inNamespaces('configmaps', 'a', 'b')], limits)).toEqual([
      { key: '/configmaps/a', kind: expect.objectContaining({ plural: 'configmaps', version: 'v1' }), namespace: 'a' },
      { key: '/configmaps/b', kind: expect.objectContaining({ namespaced: true }), namespace: 'b' },
    ]);
  });

  test('many namespaces are watched at once', () => {
    expect(planWatches([inNamespaces('configmaps', 'a', 'b', 'c')], limits)).toMatchObject([
      { key: '/configmaps', namespace: undefined, kind: { namespaced: true } },
    ]);
  });

  test('cluster-scoped resources have one watch', () => {
    expect(planWatches([inNamespaces('clusterroles', '')], limits)).toMatchObject([
      { key: '/clusterroles', namespace: undefined, kind: { namespaced: false } },
    ]);
  });

  test('too many watches become one for each resource', () => {
    expect(keysOf(...['r1', 'r2', 'r3'].map((resource) => inNamespaces(resource, 'a', 'b')))).toEqual([
      '/r1',
      '/r2',
      '/r3',
    ]);
  });

  test('still too many: those that are reported, then those with most objects', () => {
    const uses = [
      ...['r1', 'r2', 'r3', 'r4'].map((resource) => inOne(resource, { objects: 1, reported: 0 })),
      inOne('many', { objects: 9, reported: 0 }),
      inOne('reported', { objects: 2, reported: 1 }),
    ];
    expect(keysOf(...uses)).toEqual(['/reported', '/many', '/r1', '/r2']);
  });

  test('none at all', () => {
    expect(planWatches([inNamespaces('configmaps', 'a')], { namespaces: 2, watches: 0 })).toEqual([]);
  });
});

test('a resource is found in the watch of its namespace or in that of all', () => {
  expect(scopeKeysOf({ resource: 'configmaps', namespace: 'a' })).toEqual(['/configmaps/a', '/configmaps']);
  expect(scopeKeysOf({ group: 'apps', resource: 'things' })).toEqual(['apps/things']);
});
