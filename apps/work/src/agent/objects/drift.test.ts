import { expect, test } from '@jest/globals';
import { isDrift, type Sight } from './drift.ts';

const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'x' };

test.each<[Sight['kind'], string | undefined, string | undefined, boolean]>([
  ['found', '1', '1', false],
  ['found', '2', '1', true],
  ['found', '2', undefined, false],
  ['found', undefined, '1', false],
  ['changed', '2', '2', false],
  ['changed', '2', '1', true],
  ['changed', '2', undefined, true],
  ['changed', undefined, '1', false],
  ['lost', undefined, undefined, true],
  ['lost', undefined, '1', true],
  ['lost', '2', '2', false],
  ['lost', '2', undefined, true],
])('%s, seen as %s and applied as %s: %s', (kind, seen, ...[applied, drifted]) => {
  expect(isDrift({ kind, id }, { seen, applied })).toBe(drifted);
});

test.each([
  { ...id, group: 'batch', resource: 'jobs' },
  { ...id, resource: 'pods' },
])('$resource that are gone may have ended by themselves', (ended) => {
  expect(isDrift({ kind: 'lost', id: ended }, { seen: undefined, applied: '1' })).toBe(false);
  expect(isDrift({ kind: 'changed', id: ended }, { seen: '2', applied: '1' })).toBe(true);
});
