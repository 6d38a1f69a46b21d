import { expect, test } from '@jest/globals';
import { countWatches } from './count-watches.ts';
import type { TypeUse } from './plan-watches.ts';

const use = (sample: Partial<TypeUse['sample']>, objects: Readonly<Record<string, number>>): TypeUse => ({
  sample: { group: '', resource: 'configmaps', version: 'v1', ...sample },
  byNamespace: new Map(
    Object.entries(objects).map(([namespace, count]) => [namespace, { objects: count, reported: 0 }]),
  ),
});

test('objects of a type are summed up by mode, and those without a watch are beyond the limit', () => {
  const types = [use({}, { a: 1, b: 2, c: 4, d: 8 }), use({ group: 'apps', resource: 'deployments' }, { a: 5 })];
  const modes = new Map([
    ['configmaps/a', 'watched'],
    ['configmaps/b', 'watched'],
    ['configmaps/c', 'busy'],
  ] as const);
  const counts = countWatches(types, ({ resource, namespace }) => modes.get(`${resource}/${namespace}` as never));
  expect(counts).toEqual([
    { resource: 'configmaps', mode: 'watched', objects: 3 },
    { resource: 'configmaps', mode: 'busy', objects: 4 },
    { resource: 'configmaps', mode: 'limit', objects: 8 },
    { resource: 'deployments.apps', mode: 'limit', objects: 5 },
  ]);
});

test('nothing wanted is nothing counted', () => {
  expect(countWatches([], () => 'watched')).toEqual([]);
});
