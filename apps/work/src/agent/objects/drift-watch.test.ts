import { describe, expect, test } from '@jest/globals';
import { manualTimers } from '../../../test/manual-timers.ts';
import { resourceKey } from '../manifest/resource-id.ts';
import type { Sight } from './drift.ts';
import { DriftWatch } from './drift-watch.ts';
import { KnownObjects } from './known-objects.ts';
import type { WatchedObject } from './object-reader.ts';
import { ABSENT, observed } from './observation.ts';

const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'a' };
const object = (resourceVersion: string) => ({ metadata: { name: 'a', uid: 'u', resourceVersion } });
const watched = (content: string): WatchedObject => ({ uid: 'u', resourceVersion: content, content });
const changed: Sight = { kind: 'changed', id, seen: watched('2') };
const lost: Sight = { kind: 'lost', id, seen: undefined };

/** The object is listed by two works and was applied as version 1. */
function setUp(held: readonly string[] = []) {
  const timers = manualTimers();
  const known = new KnownObjects();
  known.applied(id, object('1'), { fingerprint: 'f', seenMs: 0 });
  const state: { watch: WatchedObject | 'absent' | undefined } = { watch: watched('2') };
  const drift = new DriftWatch({
    find: () => state.watch,
    known,
    wanted: { worksOf: (key) => (key === resourceKey(id) ? ['one', 'two'] : []) },
    isHeld: (work) => held.includes(work),
    driftMs: 200,
    clock: timers.clock,
  });
  const reported: string[] = [];
  drift.drifts.start((work) => reported.push(work));
  return { timers, known, state, drift, reported };
}

describe('what a watch tells', () => {
  test('is judged after a while, and names every work that lists the object', () => {
    const { timers, drift, reported } = setUp();
    drift.sighted(changed);
    timers.advance(199);
    expect(reported).toEqual([]);
    timers.advance(1);
    expect(reported).toEqual(['one', 'two']);
    timers.advance(1000);
    expect(reported).toHaveLength(2);
  });

  test('is our own write, when that is answered meanwhile', () => {
    const { timers, known, drift, reported } = setUp();
    drift.sighted(changed);
    known.applied(id, object('2'), { fingerprint: 'g', seenMs: 100 });
    timers.advance(200);
    expect(reported).toEqual([]);
  });

  test('is over, when the object is by then what it was', () => {
    const { timers, state, drift, reported } = setUp();
    drift.sighted(changed);
    state.watch = watched('1');
    timers.advance(200);
    expect(reported).toEqual([]);
  });

  test('counts as it was told, when by then no watch can tell', () => {
    const { timers, state, drift, reported } = setUp();
    state.watch = undefined;
    drift.sighted(changed);
    timers.advance(200);
    expect(reported).toEqual(['one', 'two']);
  });

  test('that an object is gone is not covered by the list that has it still', () => {
    const { timers, known, state, drift, reported } = setUp();
    drift.sighted(lost);
    drift.sighted({ kind: 'found', id, seen: watched('1') });
    known.forget(id);
    state.watch = 'absent';
    timers.advance(200);
    expect(reported).toEqual(['one', 'two']);
  });

  test('is nothing to works that leave the object to others for now', () => {
    const { timers, drift, reported } = setUp(['one']);
    drift.sighted(changed);
    timers.advance(200);
    expect(reported).toEqual(['two']);
  });

  test('is not judged after the end', () => {
    const { timers, drift, reported } = setUp();
    drift.sighted(changed);
    drift.cancel();
    timers.advance(1000);
    expect(reported).toEqual([]);
  });
});

describe('what an answer tells', () => {
  test('is reported at once: another object than was applied', () => {
    const { known, drift, reported } = setUp();
    const before = known.get(id);
    known.saw(id, object('2'), 10);
    const read = observed({ apiVersion: 'v1', kind: 'ConfigMap', ...object('2') });
    drift.answered(id, { before, read });
    expect(reported).toEqual(['one', 'two']);
  });

  test('is reported at once: the object is gone', () => {
    const { known, drift, reported } = setUp(['two']);
    const before = known.get(id);
    known.forget(id);
    drift.answered(id, { before, read: ABSENT });
    expect(reported).toEqual(['one']);
  });

  test('is nothing when it is as it was applied', () => {
    const { known, drift, reported } = setUp();
    const read = observed({ apiVersion: 'v1', kind: 'ConfigMap', ...object('1') });
    drift.answered(id, { before: known.get(id), read });
    expect(reported).toEqual([]);
  });
});
