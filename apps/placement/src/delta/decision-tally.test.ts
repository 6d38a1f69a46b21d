import type { PlacementDecision } from '@ocm/api';
import { aPlacementDecision } from '@ocm/testing';
import { array, assert, constantFrom, nat, property, record } from 'fast-check';
import { expect, test } from '@jest/globals';
import { placementOf } from '../controller/placement-caches.ts';
import { countDecisions } from '../schedule/decision-counts.ts';
import { ClusterTable } from './cluster-table.ts';
import { DecisionTally } from './decision-tally.ts';

const NAMES = ['a', 'b', 'c', 'd'];

function emptyTally(): { readonly table: ClusterTable; readonly tally: DecisionTally } {
  const table = new ClusterTable();
  return { table, tally: new DecisionTally(table, (slice) => placementOf(slice)[0]) };
}

/** What others have chosen, by the tally. */
function others({ table, tally }: ReturnType<typeof emptyTally>, key: string): unknown {
  const own = tally.own(key);
  const count = (name: string): number => {
    const id = table.idOf(name);
    return id === undefined ? 0 : (tally.counts[id] ?? 0) - own.filter((each) => each === id).length;
  };
  return { largest: tally.largestWithout(own), counts: NAMES.map(count) };
}

test('[placement 54] whatever comes and goes, the counts are those of a full count', () => {
  const slice = record({
    placement: constantFrom('p', 'q'),
    namespace: constantFrom('one', 'two'),
    slice: nat(2).map((index) => index + 1),
    clusters: array(constantFrom(...NAMES), { maxLength: 4 }),
  }).map((over) => aPlacementDecision(over));
  assert(
    property(array(slice, { maxLength: 12 }), (slices) => {
      const hub = emptyTally();
      const stored = new Map<string, PlacementDecision>();
      for (const each of slices) {
        const key = `${each.metadata.namespace}/${each.metadata.name}`;
        const old = stored.get(key);
        if (old !== undefined) hub.tally.remove(old);
        stored.set(key, each);
        hub.tally.add(each);
      }
      const full = countDecisions([...stored.values()], { namespace: 'one', name: 'p' });
      const counts = NAMES.map((name) => full.of(name) ?? 0);
      expect(others(hub, 'one/p')).toEqual({ largest: full.largest, counts });
    }),
  );
});

test('who is about to write counts for others as if it had written, until it is settled', () => {
  const hub = emptyTally();
  hub.tally.add(aPlacementDecision({ namespace: 'n', placement: 'p', clusters: ['a'] }));
  hub.tally.intend('n/p', ['b', 'c']);
  expect(others(hub, 'n/q')).toEqual({ largest: 1, counts: [0, 1, 1, 0] });
  const written = aPlacementDecision({ namespace: 'n', placement: 'p', clusters: ['a'] });
  hub.tally.remove(written);
  hub.tally.add(aPlacementDecision({ namespace: 'n', placement: 'p', clusters: ['b'] }));
  expect(others(hub, 'n/q')).toEqual({ largest: 1, counts: [0, 1, 1, 0] });
  hub.tally.settle('n/p');
  expect(others(hub, 'n/q')).toEqual({ largest: 1, counts: [0, 1, 0, 0] });
});

test('a slice without the label of a Placement counts for everybody', () => {
  const hub = emptyTally();
  const { metadata, ...slice } = aPlacementDecision({ namespace: 'n', placement: 'p', clusters: ['a'] });
  hub.tally.add({ ...slice, metadata: { ...metadata, labels: {} } });
  expect(others(hub, 'n/p')).toEqual({ largest: 1, counts: [1, 0, 0, 0] });
});

test('a slice whose label changes while it goes leaves nothing behind, and one that is not known takes nothing away', () => {
  const hub = emptyTally();
  const slice = aPlacementDecision({ namespace: 'n', placement: 'p', clusters: ['a'] });
  hub.tally.add(slice);
  const { metadata } = aPlacementDecision({ namespace: 'n', placement: 'q' });
  hub.tally.remove({ ...slice, metadata: { ...metadata, name: slice.metadata.name } });
  expect(others(hub, 'n/x')).toEqual({ largest: 0, counts: [0, 0, 0, 0] });
  hub.tally.remove(slice);
  expect(others(hub, 'n/x')).toEqual({ largest: 0, counts: [0, 0, 0, 0] });
});
