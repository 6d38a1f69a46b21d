import { expect, test } from '@jest/globals';
import { scoreNote } from './score-note.ts';

const ranked = (names: readonly string[]) => names.map((name, index) => ({ name, total: index - 1 }));

test('lists all clusters with their totals', () => {
  expect(scoreNote(ranked(['a', 'b', 'c']))).toBe('a:-1 b:0 c:1 ');
  expect(scoreNote([])).toBe('');
});

test('ends in dots before the item that would make it longer than 1000 characters', () => {
  const names = Array.from({ length: 200 }, (_, index) => `cluster-${'x'.repeat(40)}-${1000 + index}`);
  const note = scoreNote(ranked(names));
  expect(note).toMatch(/ \.{6}$/);
  expect(note.length).toBeLessThanOrEqual(1006);
  expect(note.length).toBeGreaterThan(940);
});

test('a text of exactly 1000 characters is whole', () => {
  const names = Array.from({ length: 100 }, (_, index) => `cl-${String(index).padStart(2, '0')}`);
  // `cl-00:0000 ` would be 11 characters; 7 for `cl-00:1` and its space make 8, so 125 of them are 1000.
  const all = ranked([...names, ...names.slice(0, 25).map((name) => `d${name.slice(1)}`)]);
  const note = scoreNote(all.map((each) => ({ ...each, total: 1 })));
  expect(note).toHaveLength(1000);
  expect(note.endsWith(' ')).toBe(true);
});
