import { describe, expect, test } from '@jest/globals';
import type { AppliedResource } from '@ocm/api';
import { sortedResources, staleResources } from './stale-resources.ts';

const resource = (over: Partial<AppliedResource> = {}): AppliedResource => ({
  group: '',
  version: 'v1',
  resource: 'configmaps',
  namespace: 'n',
  name: 'a',
  ...over,
});

describe('staleResources', () => {
  test.each<[string, Partial<AppliedResource>, boolean]>([
    ['the same resource', {}, false],
    ['[work 13] another version', { version: 'v1beta1' }, false],
    ['another UID', { uid: 'x' }, false],
    ['another name', { name: 'b' }, true],
    ['another namespace', { namespace: 'm' }, true],
    ['another resource', { resource: 'secrets' }, true],
    ['another group', { group: 'apps' }, true],
  ])('%s in the list: stale %s', (_what, over, stale) => {
    expect(staleResources([resource()], [resource(over)])).toHaveLength(stale ? 1 : 0);
  });

  test('an absent group or namespace is an empty one', () => {
    const { group: _group, namespace: _namespace, ...bare } = resource();
    expect(staleResources([bare], [resource({ namespace: '' })])).toEqual([]);
  });
});

test('applied resources are sorted by group, version, resource, namespace, name', () => {
  const expected = [
    resource({ name: 'B' }),
    resource(),
    resource({ namespace: 'o' }),
    resource({ resource: 'secrets' }),
    resource({ version: 'v2' }),
    resource({ group: 'apps' }),
  ];
  expect(sortedResources(expected.toReversed())).toEqual(expected);
});

test('two manifests for one resource are recorded once', () => {
  expect(sortedResources([resource({ uid: 'first' }), resource({ uid: 'second' })])).toEqual([
    resource({ uid: 'first' }),
  ]);
});
