import { expect, test } from '@jest/globals';
import { Fights } from './fights.ts';

const RESYNC_MS = 240_000;
const contender = {
  work: 'w',
  id: { group: '', resource: 'configmaps', namespace: 'n', name: 'x' },
  generation: 1,
};

/** Corrections of one object as soon as they are allowed; the times between them. */
function waits(fights: Fights, count: number): readonly number[] {
  let nowMs = 1000;
  return Array.from({ length: count }, () => {
    fights.corrected(contender, { nowMs, rival: 'somebody' });
    const { heldUntilMs = nowMs } = fights.over(contender, nowMs) ?? {};
    const waitMs = heldUntilMs - nowMs;
    nowMs = heldUntilMs;
    return waitMs;
  });
}

test('an object that somebody else keeps changing is corrected ever more rarely, in the end once in a resync', () => {
  expect(waits(new Fights({ resyncMs: RESYNC_MS }), 16)).toEqual([
    ...Array<number>(10).fill(0),
    2000,
    8000,
    32_000,
    128_000,
    RESYNC_MS,
    RESYNC_MS,
  ]);
});

test('another work is a rival as soon as it is met twice; nothing is held for that', () => {
  const fights = new Fights({ resyncMs: RESYNC_MS });
  fights.corrected(contender, { nowMs: 0, rival: undefined });
  expect(fights.over(contender, 5)).toBeUndefined();
  fights.corrected(contender, { nowMs: 10, rival: undefined });
  expect(fights.over(contender, 15)).toEqual({ heldUntilMs: 10, rival: undefined });
  expect(fights.isHeld(contender, 15)).toBe(false);
});

test('a fight names the rival and holds one work and one object', () => {
  const fights = new Fights({ resyncMs: RESYNC_MS });
  for (let nowMs = 0; nowMs < 11; nowMs += 1) fights.corrected(contender, { nowMs, rival: 'somebody' });
  expect(fights.over(contender, 20)?.rival).toBe('somebody');
  expect(fights.isHeld(contender, 20)).toBe(true);
  expect(fights.isHeld({ ...contender, work: 'other' }, 20)).toBe(false);
  expect(fights.isHeld(contender, 10_000)).toBe(false);
});

test.each([
  ['another spec', { ...contender, generation: 2 }, 20],
  ['two quiet resync intervals', contender, 2 * RESYNC_MS + 20],
])('%s ends it', (_title, later, nowMs) => {
  const fights = new Fights({ resyncMs: RESYNC_MS });
  for (let atMs = 0; atMs < 11; atMs += 1) fights.corrected(contender, { nowMs: atMs, rival: undefined });
  expect(fights.over(later, nowMs)).toBeUndefined();
  fights.corrected(later, { nowMs, rival: undefined });
  expect(fights.over(later, nowMs)).toBeUndefined();
});

test('a clock that was set back holds nothing until it is where it was', () => {
  const fights = new Fights({ resyncMs: RESYNC_MS });
  const hour = 3_600_000;
  for (let atMs = hour; atMs < hour + 20; atMs += 1) fights.corrected(contender, { nowMs: atMs, rival: 'somebody' });
  expect(fights.isHeld(contender, hour + 20)).toBe(true);
  expect(fights.isHeld(contender, 20)).toBe(false);
  expect(waits(fights, 11)).toEqual([...Array<number>(10).fill(0), 2000]);
});
