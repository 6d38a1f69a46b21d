import type { ClusterToleration, Taint } from '@ocm/api';
import { aCluster, aPlacement, aPlacementDecision } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { NOW, scheduled } from '../../test/placement-world.ts';
import { checkTolerations, judgeTaints, type TaintVerdict } from './tolerations.ts';

const noSelect: Taint = { key: 'k', value: 'v', effect: 'NoSelect', timeAdded: NOW.toISOString() };

function judge(
  taints: readonly Taint[],
  tolerations: readonly ClusterToleration[],
  { isExisting = false, afterSeconds = 0 } = {},
): TaintVerdict {
  const checked = checkTolerations(tolerations);
  if (checked.kind === 'misconfigured') throw new Error(checked.message);
  const nowMs = NOW.getTime() + afterSeconds * 1000;
  return judgeTaints(aCluster({ taints }), checked, { isExisting, nowMs });
}

function until(seconds: number): object {
  return { kind: 'tolerated', avoided: undefined, untilMs: NOW.getTime() + seconds * 1000 };
}

describe('a toleration', () => {
  test.each([
    { toleration: { key: 'k', operator: 'Exists' }, tolerated: true },
    { toleration: { operator: 'Exists' }, tolerated: true },
    { toleration: { key: 'k', operator: 'Equal', value: 'v' }, tolerated: true },
    { toleration: { key: 'k', value: 'v' }, tolerated: true },
    { toleration: { key: 'k', operator: '', value: 'v', effect: 'NoSelect' }, tolerated: true },
    { toleration: { key: 'k', operator: 'Equal', value: 'w' }, tolerated: false },
    { toleration: { key: 'k', operator: 'Equal' }, tolerated: false },
    { toleration: { key: 'l', operator: 'Exists' }, tolerated: false },
    { toleration: { key: 'k', operator: 'Exists', effect: 'NoSelectIfNew' }, tolerated: false },
    { toleration: { key: 'k', operator: 'Like', value: 'v' }, tolerated: false },
  ] as const)('$toleration on k=v:NoSelect: $tolerated', ({ toleration, tolerated }) => {
    expect(judge([noSelect], [toleration]).kind).toBe(tolerated ? 'tolerated' : 'repelled');
  });

  test('an absent value of a taint equals the empty text', () => {
    expect(judge([{ key: 'k', effect: 'NoSelect' }], [{ key: 'k', operator: 'Equal', value: '' }]).kind).toBe(
      'tolerated',
    );
  });

  test.each([
    { seconds: 0, afterSeconds: 0, tolerated: false },
    { seconds: -1, afterSeconds: -10, tolerated: false },
    { seconds: 20, afterSeconds: 19.999, tolerated: true },
    { seconds: 20, afterSeconds: 20, tolerated: false },
    { seconds: 20, afterSeconds: 60, tolerated: false },
    { seconds: 9_223_372_037, afterSeconds: 1e9, tolerated: true },
    { seconds: 2 ** 60, afterSeconds: 1e9, tolerated: true },
    // What the wire brings when a number does not fit into a double.
    {
      seconds: { rawJSON: '9223372036854775807' } as unknown as number,
      tolerated: true,
    },
  ])('of $seconds s, $afterSeconds s after the taint: $tolerated', ({ seconds, afterSeconds = 0, tolerated }) => {
    const verdict = judge([noSelect], [{ operator: 'Exists', tolerationSeconds: seconds }], { afterSeconds });
    expect(verdict.kind).toBe(tolerated ? 'tolerated' : 'repelled');
  });

  test.each([undefined, null, 'yesterday'])('with seconds does not tolerate a taint added at "%s"', (timeAdded) => {
    const taint = { key: 'k', effect: 'NoSelect', ...(timeAdded === undefined ? {} : { timeAdded }) } as const;
    expect(judge([taint], [{ operator: 'Exists', tolerationSeconds: 10 }])).toEqual({ kind: 'repelled', taint });
    expect(judge([taint], [{ operator: 'Exists' }]).kind).toBe('tolerated');
  });

  test.each([
    { toleration: { value: 'v' }, message: 'If the key is empty, operator must be Exists.' },
    { toleration: { key: '', operator: 'Foo' }, message: 'If the key is empty, operator must be Exists.' },
    {
      toleration: { key: 'k', operator: 'Exists', value: 'v' },
      message: 'If the operator is Exists, the value should be empty.',
    },
  ])('that contradicts itself is refused: $message', ({ toleration, message }) => {
    const want = { kind: 'misconfigured', plugin: 'TaintToleration', message };
    expect(checkTolerations([{ operator: 'Exists' }, toleration])).toEqual(want);
  });
});

describe('the taints of a cluster', () => {
  test('must all be tolerated; the first that is not is named', () => {
    const other: Taint = { key: 'other', effect: 'NoSelectIfNew' };
    expect(judge([noSelect, other], [{ key: 'k', operator: 'Exists' }])).toEqual({ kind: 'repelled', taint: other });
  });

  test('NoSelectIfNew holds off a newcomer and leaves what is selected', () => {
    const taint: Taint = { key: 'k', effect: 'NoSelectIfNew' };
    expect(judge([taint], []).kind).toBe('repelled');
    expect(judge([taint], [], { isExisting: true }).kind).toBe('tolerated');
    expect(judge([noSelect], [], { isExisting: true }).kind).toBe('repelled');
  });

  test('are tolerated until the first deadline, each by the first toleration in time', () => {
    const second: Taint = { key: 'l', effect: 'NoSelect', timeAdded: NOW.toISOString() };
    const tolerations = [
      { key: 'k', operator: 'Exists', tolerationSeconds: 5 },
      { key: 'l', operator: 'Exists', tolerationSeconds: 3 },
      { operator: 'Exists' },
    ];
    expect(judge([noSelect, second], tolerations)).toEqual(until(3));
    expect(judge([noSelect, second], tolerations, { afterSeconds: 4 })).toEqual(until(5));
    expect(judge([noSelect, second], tolerations, { afterSeconds: 5 })).toMatchObject({ untilMs: undefined });
  });
});

describe('PreferNoSelect', () => {
  const avoid: Taint = { key: 'old', effect: 'PreferNoSelect', timeAdded: NOW.toISOString() };
  const clusters = [
    aCluster({ name: 'a', taints: [avoid] }),
    aCluster({ name: 'b' }),
    aCluster({ name: 'c', taints: [avoid] }),
    aCluster({ name: 'd' }),
  ];
  const slices = [aPlacementDecision({ clusters: ['a', 'd'] })];
  const rank = (spec: object, afterSeconds = 0): readonly string[] =>
    scheduled(aPlacement({ spec }), {
      clusters,
      slices,
      now: new Date(NOW.getTime() + afterSeconds * 1000),
    }).ranked.map(({ cluster, total }) => `${cluster.metadata.name} ${total}`);

  test('without toleration ranks behind all others, totals unchanged', () => {
    expect(rank({})).toEqual(['d 200', 'b 100', 'a 200', 'c 100']);
  });

  test('costs nothing when it is tolerated, as long as it is', () => {
    const tolerations = [{ key: 'old', operator: 'Exists', tolerationSeconds: 10 }];
    expect(rank({ tolerations })).toEqual(['a 200', 'd 200', 'b 100', 'c 100']);
    expect(rank({ tolerations }, 10)).toEqual(['d 200', 'b 100', 'a 200', 'c 100']);
  });

  test('the end of its toleration is a reason to look again', () => {
    const tolerations = [{ key: 'old', operator: 'Exists', tolerationSeconds: 10 }];
    const schedule = scheduled(aPlacement({ spec: { tolerations } }), { clusters, slices });
    expect(schedule.requeueAfterMs).toBe(10_000);
  });

  test('is selected when nothing else is left', () => {
    const { selected } = scheduled(aPlacement({ spec: { numberOfClusters: 3 } }), { clusters, slices });
    expect(selected.map(({ metadata }) => metadata.name)).toEqual(['d', 'b', 'a']);
  });
});

test('the time to look again comes from the slices as they are, whether or not their clusters are still available', () => {
  const clusters = ['in', 'out'].map((name, index) =>
    aCluster({ name, taints: [{ ...noSelect, timeAdded: new Date(NOW.getTime() - index * 1000).toISOString() }] }),
  );
  const spec = { tolerations: [{ operator: 'Exists', tolerationSeconds: 10 }] };
  const requeue = (inSlices: readonly string[]): number | undefined =>
    scheduled(aPlacement({ spec }), { clusters, slices: [aPlacementDecision({ clusters: inSlices })] }).requeueAfterMs;
  expect(requeue([])).toBeUndefined();
  expect(requeue(['in'])).toBe(10_000);
  expect(requeue(['in', 'out', 'gone'])).toBe(9000);
});
