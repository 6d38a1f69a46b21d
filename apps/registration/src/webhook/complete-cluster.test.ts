import { describe, expect, test } from '@jest/globals';
import { labels, type ManagedCluster, type Taint } from '@ocm/api';
import type { PatchOperation } from '@ocm/service/webhooks';
import { aCluster } from '@ocm/testing';
import { completeCluster } from './complete-cluster.ts';

const now = new Date('2026-05-01T10:00:00.900Z');
const NOW = '2026-05-01T10:00:00Z';
const OLD = '2026-01-01T00:00:00Z';
const withTaints = (...taints: readonly Taint[]): ManagedCluster => aCluster({ set: 'a', taints });
const stamp = (index: number): PatchOperation => ({ op: 'add', path: `/spec/taints/${index}/timeAdded`, value: NOW });
const DENIED = (keys: string): object => ({
  kind: 'deny',
  code: 400,
  message: `It is not allowed to set TimeAdded of Taint "${keys}".`,
});

const mark: Taint = { key: 'k', value: 'v', effect: 'NoSelect' };
const old: Taint = { ...mark, timeAdded: OLD };
const { value: _value, ...valueless } = mark;

describe('the time of a taint', () => {
  test.each<[string, Taint]>([
    ['without time', mark],
    ['with a time of its own', old],
  ])('[registration 65] is now on create, for one %s', (_what, taint) => {
    expect(completeCluster(withTaints(taint), undefined, { now, defaultSet: true })).toEqual({
      kind: 'patch',
      operations: [stamp(0)],
    });
  });

  test.each<[string, { before: readonly Taint[]; after: readonly Taint[]; operations: readonly PatchOperation[] }]>([
    ['a new key is stamped', { before: [], after: [mark], operations: [stamp(0)] }],
    ['only what is new is stamped', { before: [old], after: [old, { ...mark, key: 'l' }], operations: [stamp(1)] }],
    ['what stays is left alone', { before: [old], after: [old], operations: [] }],
    [
      'the same instant written in another way is left alone',
      {
        before: [old],
        after: [{ ...mark, timeAdded: '2026-01-01T01:00:00+01:00' }],
        operations: [],
      },
    ],
    [
      'no value and an empty value are the same',
      {
        before: [{ ...valueless, timeAdded: OLD }],
        after: [{ ...mark, value: '', timeAdded: OLD }],
        operations: [],
      },
    ],
    [
      'a changed effect is stamped again',
      {
        before: [old],
        after: [{ ...mark, effect: 'PreferNoSelect' }],
        operations: [stamp(0)],
      },
    ],
    [
      'a changed value is stamped again; null is no time',
      {
        before: [old],
        after: [{ ...mark, value: 'w', timeAdded: null }],
        operations: [stamp(0)],
      },
    ],
    ['never stamped and unchanged is left alone', { before: [mark], after: [mark], operations: [] }],
    [
      'a second taint of a key, such as the one that the hub adds, is stamped, and the first left alone',
      {
        before: [{ ...old, effect: 'PreferNoSelect' }],
        after: [{ ...old, effect: 'PreferNoSelect' }, mark],
        operations: [stamp(1)],
      },
    ],
    [
      'two taints of one key that stay are left alone, in any order',
      {
        before: [old, { ...old, effect: 'NoSelectIfNew' }],
        after: [{ ...old, effect: 'NoSelectIfNew' }, old],
        operations: [],
      },
    ],
  ])('[registration 65] on update: %s', (_what, { before, after, operations }) => {
    const verdict = completeCluster(withTaints(...after), withTaints(...before), { now, defaultSet: true });
    expect(verdict).toEqual({ kind: 'patch', operations });
  });

  test.each<[string, { before: readonly Taint[]; after: readonly Taint[]; keys: string }]>([
    ['a new key with a time', { before: [], after: [old], keys: 'k' }],
    ['a changed effect with a time', { before: [old], after: [{ ...old, effect: 'PreferNoSelect' }], keys: 'k' }],
    ['a changed value with a time', { before: [old], after: [{ ...old, value: 'w' }], keys: 'k' }],
    ['an unchanged taint with another time', { before: [old], after: [{ ...mark, timeAdded: NOW }], keys: 'k' }],
    ['an unchanged taint whose time is left out', { before: [old], after: [mark], keys: 'k' }],
    ['all bad keys are named', { before: [], after: [old, { ...old, key: 'l' }], keys: 'k,l' }],
  ])('[registration 65] on update is refused: %s', (_what, { before, after, keys }) => {
    const verdict = completeCluster(withTaints(...after), withTaints(...before), { now, defaultSet: true });
    expect(verdict).toEqual(DENIED(keys));
  });
});

describe('the set label', () => {
  const path = '/metadata/labels/cluster.open-cluster-management.io~1clusterset';

  test.each<[string, ManagedCluster, readonly PatchOperation[]]>([
    ['no labels', aCluster(), [{ op: 'add', path: '/metadata/labels', value: { [labels.clusterSet]: 'default' } }]],
    ['other labels only', aCluster({ labels: { a: 'b' } }), [{ op: 'add', path, value: 'default' }]],
    ['an empty set', aCluster({ set: '' }), [{ op: 'add', path, value: 'default' }]],
    ['a set', aCluster({ set: 'a' }), []],
  ])('[registration 64] with %s', (_what, cluster, operations) => {
    expect(completeCluster(cluster, undefined, { now, defaultSet: true })).toEqual({ kind: 'patch', operations });
    expect(completeCluster(cluster, cluster, { now, defaultSet: true })).toEqual({ kind: 'patch', operations });
  });

  test('[registration 64] is nobody’s business with the gate off', () => {
    const verdict = completeCluster(aCluster(), undefined, { now, defaultSet: false });
    expect(verdict).toEqual({ kind: 'patch', operations: [] });
  });
});

test.each([
  ['no list', 'x'],
  ['no objects', [null]],
  ['no keys', [{}]],
  ['nothing', undefined],
])('taints that are %s are left to the schema', (_what, taints) => {
  const cluster = { ...aCluster({ set: 'a' }), spec: { taints } } as unknown as ManagedCluster;
  expect(completeCluster(cluster, undefined, { now, defaultSet: true })).toEqual({ kind: 'patch', operations: [] });
});
