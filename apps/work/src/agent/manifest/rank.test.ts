import { describe, expect, test } from '@jest/globals';
import { applyBatches, rankOf } from './rank.ts';

describe('rankOf', () => {
  test.each([
    ['Namespace', 0],
    ['CustomResourceDefinition', 0],
    ['RoleBinding', 1],
    ['ServiceAccount', 2],
    ['ConfigMap', 3],
    ['Service', 4],
    ['Deployment', 5],
    ['CronJob', 5],
    ['APIService', 6],
    ['Ingress', 1000],
    [undefined, 1001],
  ])('%s has rank %d', (kind, rank) => {
    expect(rankOf(kind)).toBe(rank);
  });
});

const named = (...kinds: readonly (string | undefined)[]) => kinds.map((kindName, ordinal) => ({ kindName, ordinal }));

const ordinals = (...kinds: readonly (string | undefined)[]) =>
  applyBatches(named(...kinds)).map((batch) => batch.map(({ ordinal }) => ordinal));

describe('applyBatches', () => {
  test('lower ranks go first, whatever the order in the work', () => {
    expect(ordinals('ConfigMap', 'Namespace', undefined, 'Widget')).toEqual([[1], [0], [3], [2]]);
  });

  test('neighbours of one kind form one batch', () => {
    expect(ordinals('ConfigMap', 'ConfigMap', 'Namespace', 'ConfigMap')).toEqual([[2], [0, 1, 3]]);
  });

  test('kinds of one rank keep the order of the work', () => {
    expect(ordinals('RoleBinding', 'Role', 'RoleBinding')).toEqual([[0], [1], [2]]);
    expect(ordinals('Widget', 'Gadget')).toEqual([[0], [1]]);
  });

  test('nothing gives no batch', () => {
    expect(applyBatches([])).toEqual([]);
  });
});
