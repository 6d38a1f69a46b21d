import { expect, test } from '@jest/globals';
import { judgeOwners } from './judge-owners.ts';

const owner = (uid: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid });

test.each([
  [[], ['a'], { kind: 'keep' }],
  [['a', 'b'], ['c'], { kind: 'keep' }],
  [['a'], ['a'], { kind: 'delete' }],
  [['a', 'b'], ['a', 'b'], { kind: 'delete' }],
  [['a', 'b'], ['a'], { kind: 'release', owners: [owner('b')] }],
] as const)('of the owners %j are gone %j', (owners, gone, want) => {
  expect(judgeOwners(owners.map(owner), new Set(gone))).toEqual(want);
});
