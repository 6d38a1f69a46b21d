import { expect, test } from '@jest/globals';
import { FoundSpecs } from './found-specs.ts';

test('remembers hashes until they are forgotten', () => {
  const found = new FoundSpecs();
  expect(found.note('u1', { cluster: 'c1', hash: 'h1' })).toBe(true);
  expect(found.note('u2', { cluster: 'c1', hash: undefined })).toBe(true);
  expect([found.hash('u1'), found.hash('u2'), found.hash('u3')]).toEqual(['h1', '', undefined]);
  found.forget('u1');
  found.forget('u1');
  expect(found.hash('u1')).toBeUndefined();
});

test('a cluster that says it holds ever more takes the room of no other, and nothing of it is taken for unwanted', () => {
  const found = new FoundSpecs();
  const noted = Array.from({ length: 10_001 }, (_, index) => found.note(`e${index}`, { cluster: 'evil', hash: '' }));
  expect([noted.indexOf(false), found.hash('e10000')]).toEqual([10_000, undefined]);
  expect(found.note('g', { cluster: 'good', hash: '' })).toBe(true);
  expect([found.hasOverlooked('evil'), found.hasOverlooked('good')]).toEqual([true, false]);
  found.forget('e0');
  expect(found.note('e10000', { cluster: 'evil', hash: '' })).toBe(true);
});

test('all clusters together have a limit, too', () => {
  const found = new FoundSpecs();
  for (let index = 0; index < 100_000; index += 1) found.note(`u${index}`, { cluster: `c${index % 20}`, hash: '' });
  expect(found.note('last', { cluster: 'other', hash: '' })).toBe(false);
  expect(found.hasOverlooked('other')).toBe(true);
});
