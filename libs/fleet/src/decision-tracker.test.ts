import { aPlacementDecision } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { decisionSliceLabels, decisionSliceName, slicesOfPlacement } from './decision-slice.ts';
import {
  allDecidedClusters,
  decisionChanges,
  decisionsOfNames,
  groupOfCluster,
  groupsBesides,
  groupsByChoice,
  trackDecisions,
  type TrackedDecisions,
} from './decision-tracker.ts';

const slices = [
  aPlacementDecision({ slice: 4, group: { index: 2 }, clusters: ['e'] }),
  aPlacementDecision({ slice: 1, group: { index: 0, name: 'canary' }, clusters: ['a', 'b'] }),
  aPlacementDecision({ slice: 2, group: { index: 0, name: 'canary' }, clusters: ['c'] }),
  aPlacementDecision({ slice: 3, group: { index: 1, name: 'canary' }, clusters: ['d'] }),
];
const groups = tracked(slices);

function tracked(from: typeof slices): TrackedDecisions {
  const outcome = trackDecisions(from);
  if (outcome.kind === 'unreadable') throw new Error(outcome.problem);
  return outcome.groups;
}

function names(of: TrackedDecisions): readonly string[] {
  return of.map(({ name, index, clusters }) => `${name}/${index}:${[...clusters].join('')}`);
}

describe('tracked decisions', () => {
  test('put the slices of a group together, ordered by index', () => {
    expect(names(groups)).toEqual(['canary/0:abc', 'canary/1:d', '/2:e']);
  });

  test('a slice without status has none', () => {
    const { status, ...empty } = aPlacementDecision({ clusters: [] });
    expect(status).toBeDefined();
    expect(names(tracked([empty]))).toEqual(['/0:']);
  });

  test.each(['', 'one', '1x'])('a slice with the index label "%s" is unreadable', (text) => {
    const bad = aPlacementDecision({ labels: { 'cluster.open-cluster-management.io/decision-group-index': text } });
    expect(trackDecisions([...slices, bad])).toEqual({
      kind: 'unreadable',
      problem: expect.stringMatching(/^incorrect group index: /),
    });
  });

  test('changes are those of the union: a move between groups is none', () => {
    const moved = tracked([aPlacementDecision({ group: { index: 7 }, clusters: ['a', 'f', 'b', 'c', 'd'] })]);
    expect(decisionChanges(groups, moved)).toEqual({ added: ['f'], deleted: ['e'] });
    expect(decisionChanges(decisionsOfNames(['e', 'd', 'c', 'b', 'a']), groups)).toEqual({ added: [], deleted: [] });
    expect([...allDecidedClusters(groups)]).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(groupOfCluster(groups).get('d')).toEqual({ name: 'canary', index: 1 });
  });

  test.each([
    { choices: [], want: [], others: ['canary/0:abc', 'canary/1:d', '/2:e'] },
    { choices: [{ name: 'canary', index: 5 }], want: ['canary/0:abc', 'canary/1:d'], others: ['/2:e'] },
    { choices: [{ index: 2 }, { index: 0 }], want: ['/2:e', 'canary/0:abc'], others: ['canary/1:d'] },
    { choices: [{ name: 'none' }, { index: 9 }], want: [], others: ['canary/0:abc', 'canary/1:d', '/2:e'] },
    { choices: [{ index: 1 }, { name: 'canary' }], want: ['canary/1:d', 'canary/0:abc'], others: ['/2:e'] },
  ])('$choices stand for $want and leave $others', ({ choices, want, others }) => {
    expect(names(groupsByChoice(groups, choices))).toEqual(want);
    expect(names(groupsBesides(groups, choices))).toEqual(others);
  });
});

test('slices are named by number, labelled by group and found by label in their namespace', () => {
  expect(decisionSliceName('web', 1)).toBe('web-decision-1');
  expect(decisionSliceLabels('web', { name: '', index: 3 })).toEqual({
    'cluster.open-cluster-management.io/placement': 'web',
    'cluster.open-cluster-management.io/decision-group-index': '3',
    'cluster.open-cluster-management.io/decision-group-name': '',
  });
  const own = aPlacementDecision({ placement: 'web', namespace: 'a' });
  const others = [
    aPlacementDecision({ placement: 'web', namespace: 'b' }),
    aPlacementDecision({ placement: 'db', namespace: 'a' }),
  ];
  expect(slicesOfPlacement([...others, own], { namespace: 'a', name: 'web' })).toEqual([own]);
});
