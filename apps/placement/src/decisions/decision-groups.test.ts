import type { GroupStrategy } from '@ocm/api';
import { aCluster } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { groupDecisions, type GroupPlan } from './decision-groups.ts';
import { groupStatuses, sliceGroups } from './decision-slices.ts';

const clusters = (count: number) =>
  Array.from({ length: count }, (_, index) => aCluster({ name: `c${String(index).padStart(3, '0')}` }));

const env = (groupName: string, value: string) => ({
  groupName,
  groupClusterSelector: { labelSelector: { matchLabels: { env: value } } },
});

function sizes({ groups }: GroupPlan): readonly string[] {
  return groups.map((group) => `${group.name}(${group.clusters.length})`);
}

describe('the length of a group', () => {
  test.each([
    { wanted: undefined, total: 3, want: ['(3)'] },
    { wanted: 0, total: 3, want: ['(3)'] },
    { wanted: -1, total: 3, want: ['(3)'] },
    { wanted: 2, total: 3, want: ['(2)', '(1)'] },
    { wanted: 9, total: 3, want: ['(3)'] },
    { wanted: '100%', total: 3, want: ['(3)'] },
    { wanted: '25%', total: 3, want: ['(1)', '(1)', '(1)'] },
    { wanted: '28%', total: 25, want: ['(8)', '(8)', '(8)', '(1)'] },
    { wanted: '7%', total: 100, want: [...Array.from({ length: 12 }, () => '(8)'), '(4)'] },
    { wanted: '25%', total: 0, want: ['(0)'] },
  ])('$wanted of $total: $want', ({ wanted, total, want }) => {
    const strategy = wanted === undefined ? {} : { clustersPerDecisionGroup: wanted };
    expect(sizes(groupDecisions(clusters(total), strategy))).toEqual(want);
  });

  test.each(['20', 'x%', '%', ''])('"%s" is no percentage: no groups at all', (wanted) => {
    expect(groupDecisions(clusters(3), { clustersPerDecisionGroup: wanted })).toEqual({
      kind: 'broken',
      groups: [],
      problem: {
        kind: 'misconfigured',
        plugin: '',
        message: `${wanted} invalid type: string is not a percentage`,
      },
    });
  });
});

describe('groups', () => {
  const canaries = ['k2', 'k1', 'k4', 'k3'].map((name) => aCluster({ name, labels: { env: 'canary' } }));
  const others = ['a1', 'z1', 'm1'].map((name) => aCluster({ name, claims: { tier: 'gpu' } }));

  test('take what their selectors match, in order, each cluster once; the rest has no name', () => {
    const strategy: GroupStrategy = {
      clustersPerDecisionGroup: 2,
      decisionGroups: [
        env('canary', 'canary'),
        env('nobody', 'x'),
        {
          groupName: 'gpu',
          groupClusterSelector: { claimSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } },
        },
        env('late', 'canary'),
      ],
    };
    expect(groupDecisions([...others, ...canaries, aCluster({ name: 'rest' })], strategy).groups).toEqual([
      { name: 'canary', index: 0, clusters: ['k1', 'k2'] },
      { name: 'canary', index: 1, clusters: ['k3', 'k4'] },
      { name: 'gpu', index: 2, clusters: ['a1', 'm1'] },
      { name: 'gpu', index: 3, clusters: ['z1'] },
      { name: '', index: 4, clusters: ['rest'] },
    ]);
  });

  test('a bad selector keeps the groups before it, also when nothing is selected', () => {
    const bad = {
      groupName: 'bad',
      groupClusterSelector: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'Gt' }] } },
    };
    const problem = { kind: 'misconfigured', plugin: '', message: '"Gt" is not a valid label selector operator' };
    const plan = (selected: typeof canaries): GroupPlan =>
      groupDecisions(selected, { decisionGroups: [env('canary', 'canary'), bad] });
    expect(plan([...others, ...canaries])).toEqual({
      kind: 'broken',
      groups: [{ name: 'canary', index: 0, clusters: ['k1', 'k2', 'k3', 'k4'] }],
      problem,
    });
    expect(plan([])).toEqual({ kind: 'broken', groups: [], problem });
  });
});

describe('slices', () => {
  test('hold at most 100 and are numbered across groups; the status has one entry for each group', () => {
    const { groups } = groupDecisions(clusters(231), { clustersPerDecisionGroup: 130 });
    const slices = sliceGroups('web', groups);
    expect(slices.map(({ name, group, clusters }) => [name, group.index, clusters.length])).toEqual([
      ['web-decision-1', 0, 100],
      ['web-decision-2', 0, 30],
      ['web-decision-3', 1, 100],
      ['web-decision-4', 1, 1],
    ]);
    expect(groupStatuses(slices)).toEqual([
      {
        decisionGroupIndex: 0,
        decisionGroupName: '',
        decisions: ['web-decision-1', 'web-decision-2'],
        clusterCount: 130,
      },
      {
        decisionGroupIndex: 1,
        decisionGroupName: '',
        decisions: ['web-decision-3', 'web-decision-4'],
        clusterCount: 101,
      },
    ]);
  });

  test('there is one empty slice when nothing is selected', () => {
    expect(sliceGroups('web', groupDecisions([]).groups)).toEqual([
      { name: 'web-decision-1', group: { name: '', index: 0 }, clusters: [] },
    ]);
  });
});
