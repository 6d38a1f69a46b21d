import { expect, test } from '@jest/globals';
import { parseCleanupTypes } from './cleanup-types.ts';

test('reads the types in their order', () => {
  const { kinds, malformed } = parseCleanupTypes([
    'addon.open-cluster-management.io/v1beta1/managedclusteraddons',
    'work.open-cluster-management.io/v1/manifestworks',
  ]);
  expect(kinds.map(({ group, version, plural }) => [group, version, plural])).toEqual([
    ['addon.open-cluster-management.io', 'v1beta1', 'managedclusteraddons'],
    ['work.open-cluster-management.io', 'v1', 'manifestworks'],
  ]);
  expect(malformed).toEqual([]);
});

test.each([[[]], [['']], [[' ']]])('an empty list (%j) means that nothing is deleted', (words) => {
  expect(parseCleanupTypes(words)).toEqual({ kinds: [], malformed: [] });
});

test.each(['v1/secrets', 'a/b/c/d', '/v1/secrets', 'a//c', 'a/b/'])('"%s" is told apart and skipped', (word) => {
  const { kinds, malformed } = parseCleanupTypes([word, 'g/v1/things']);
  expect(malformed).toEqual([word]);
  expect(kinds.map(({ plural }) => plural)).toEqual(['things']);
});
