import { labels, type PlacementDecision } from '@ocm/api';
import { decidedClusters } from '@ocm/fleet';
import { aPlacementDecision } from '@ocm/testing';
import { array, assert, nat, property, shuffledSubarray, tuple } from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import type { PlannedSlice } from './decision-slices.ts';
import { planSliceWrites, type SliceWrite } from './plan-slice-writes.ts';

const PLACEMENT = 'p';

/** Slices as they should be, all of one group. */
function planned(...slices: readonly (readonly string[])[]): readonly PlannedSlice[] {
  return slices.map((clusters, index) => ({
    name: `p-decision-${index + 1}`,
    group: { name: '', index: 0 },
    clusters,
  }));
}

function present(...slices: readonly (readonly string[])[]): readonly PlacementDecision[] {
  return slices.map((clusters, index) => aPlacementDecision({ placement: PLACEMENT, slice: index + 1, clusters }));
}

function plan(wanted: readonly PlannedSlice[], found: readonly PlacementDecision[]): readonly SliceWrite[] {
  return planSliceWrites(PLACEMENT, wanted, {
    find: (name) => found.find(({ metadata }) => metadata.name === name),
    labelled: found.filter(({ metadata }) => metadata.labels?.[labels.placement] === PLACEMENT),
  });
}

function shown(writes: readonly SliceWrite[]): readonly string[] {
  return writes.map(
    (write) => `${write.kind} ${write.slice.at(-1)}: ${'clusters' in write ? write.clusters.join('') : ''}`,
  );
}

/** The decisions of each slice after each write. */
function replay(
  found: readonly PlacementDecision[],
  writes: readonly SliceWrite[],
): ReadonlyMap<string, readonly string[]>[] {
  let state = new Map(found.map((slice) => [slice.metadata.name, decidedClusters(slice)]));
  return writes.map((write) => {
    state = new Map(state);
    if (write.kind === 'delete') state.delete(write.slice);
    else if (write.kind !== 'relabel') state.set(write.slice, write.clusters);
    return state;
  });
}

describe('writes', () => {
  test.each([
    { what: 'nothing for what is right', from: [['a'], ['b']], to: [['a'], ['b']], want: [] },
    { what: 'nothing for an empty slice without decisions', from: [[]], to: [[]], want: [] },
    { what: 'a slice that is missing', from: [], to: [['a', 'b']], want: ['create 1: ab'] },
    { what: 'an empty slice that is missing', from: [], to: [[]], want: ['create 1: '] },
    {
      what: 'the ones that differ, by number',
      from: [['a'], ['b']],
      to: [['c'], ['d']],
      want: ['decide 1: c', 'decide 2: d'],
    },
    { what: 'another order', from: [['b', 'a']], to: [['a', 'b']], want: ['decide 1: ab'] },
    { what: 'deletions last', from: [['a'], ['b']], to: [[]], want: ['decide 1: ', 'delete 2: '] },
    {
      what: 'the receiver first when clusters move up',
      from: [
        ['b', 'c'],
        ['d', 'e'],
      ],
      to: [['a', 'b'], ['c', 'd'], ['e']],
      want: ['create 3: e', 'decide 2: cd', 'decide 1: ab'],
    },
    {
      what: 'the receiver first when clusters move down',
      from: [['a', 'b'], ['c', 'd'], ['e']],
      to: [
        ['b', 'c'],
        ['d', 'e'],
      ],
      want: ['decide 1: bc', 'decide 2: de', 'delete 3: '],
    },
    {
      what: 'both sets for a moment when slices exchange clusters',
      from: [['a', 'x'], ['b']],
      to: [['b'], ['a']],
      want: ['decide 1: ab', 'decide 2: a', 'decide 1: b'],
    },
  ])('$what', ({ from, to, want }) => {
    expect(shown(plan(planned(...to), present(...from)))).toEqual(want);
  });

  test.each([
    { what: 'a reason', edited: { clusterName: 'a', reason: 'by hand' } },
    { what: 'a score', edited: { clusterName: 'a', reason: '', score: 0 } },
  ])('a slice that somebody has given $what is written again', ({ edited }) => {
    const slice = aPlacementDecision({ placement: PLACEMENT, clusters: [edited] });
    expect(shown(plan(planned(['a']), [slice]))).toEqual(['decide 1: a']);
  });

  test('a new slice gets the three labels', () => {
    const [slice] = planned(['a']);
    const [write] = plan(slice === undefined ? [] : [{ ...slice, group: { name: 'canary', index: 4 } }], []);
    expect(write).toMatchObject({
      labels: {
        [labels.placement]: 'p',
        [labels.decisionGroupIndex]: '4',
        [labels.decisionGroupName]: 'canary',
      },
    });
  });

  test('labels are put right once the decisions are: missing and wrong ones set, foreign ones taken away', () => {
    const wrong = aPlacementDecision({
      placement: 'p',
      clusters: ['a'],
      labels: { [labels.decisionGroupIndex]: '7', foreign: 'x' },
    });
    expect(plan(planned(['a', 'b']), [wrong]).map(({ kind }) => kind)).toEqual(['decide']);
    expect(plan(planned(['a']), [wrong])).toEqual([
      {
        kind: 'relabel',
        slice: 'p-decision-1',
        after: [],
        labels: { [labels.decisionGroupIndex]: '0', foreign: null },
      },
    ]);
    const bare = { ...wrong, metadata: { name: 'p-decision-1', namespace: 'default' } };
    expect(plan(planned(['a']), [bare])).toMatchObject([{ kind: 'relabel', labels: { [labels.placement]: 'p' } }]);
  });

  test('who gives a cluster up waits for who takes it', () => {
    const writes = plan(planned(['b', 'c']), present(['a', 'b'], ['c'], ['d']));
    expect(writes.map(({ slice, after }) => [slice, after])).toEqual([
      ['p-decision-1', []],
      ['p-decision-2', ['p-decision-1']],
      ['p-decision-3', []],
    ]);
  });
});

describe('for any slices before and after', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const slices = tuple(shuffledSubarray(names), array(nat(3), { minLength: 1, maxLength: 4 })).map(
    ([clusters, cuts]) => {
      let rest = clusters;
      return cuts.map((length) => {
        const part = rest.slice(0, length);
        rest = rest.slice(length);
        return part.toSorted();
      });
    },
  );

  test('no cluster that stays is ever missing, and the end is what was planned', () => {
    assert(
      property(slices, slices, (from, to) => {
        const found = present(...from);
        const wanted = planned(...to);
        const writes = plan(wanted, found);
        const states = replay(found, writes);
        const staying = from.flat().filter((cluster) => to.flat().includes(cluster));
        for (const state of states) expect([...state.values()].flat()).toEqual(expect.arrayContaining(staying));
        const end = states.at(-1) ?? new Map(found.map((slice) => [slice.metadata.name, decidedClusters(slice)]));
        expect(Object.fromEntries(end)).toEqual(
          Object.fromEntries(wanted.map(({ name, clusters }) => [name, clusters])),
        );
        expect(writes.length).toBeLessThanOrEqual(2 * Math.max(from.length, to.length));
      }),
    );
  });
});
