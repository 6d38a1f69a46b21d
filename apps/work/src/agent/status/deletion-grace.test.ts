import { expect, test } from '@jest/globals';
import { deletionGraceMs } from './deletion-grace.ts';

const DELETED_MS = Date.parse('2026-01-01T00:00:00Z');

test.each([
  ['at first, for six intervals', 2000, 0, 12_000],
  ['a little later', 2000, 10_000, 2000],
  ['after that', 2000, 12_001, 0],
  ['with long intervals, for a minute', 600_000, 0, 60_000],
  ['by a hub whose clock is ahead', 2000, -3_600_000, 12_000],
])('a work that is deleted is not reported on %s (interval %i, age %i)', (_when, syncMs, ...[ageMs, graceMs]) => {
  const metadata = { name: 'w', deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect(deletionGraceMs({ metadata }, { syncMs, now: new Date(DELETED_MS + ageMs) })).toBe(graceMs);
});

test('any other work is reported on', () => {
  expect(deletionGraceMs({ metadata: { name: 'w' } }, { syncMs: 2000, now: new Date(0) })).toBe(0);
});
