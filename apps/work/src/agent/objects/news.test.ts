import { expect, test } from '@jest/globals';
import type { KnownObject } from './known-objects.ts';
import { isNews } from './news.ts';

const known: KnownObject = { uid: 'u', resourceVersion: '1', content: '1', fingerprint: 'f', seenMs: 0 };
const seen = (resourceVersion: string) => ({ uid: 'u', resourceVersion, content: resourceVersion });

test.each([
  { kind: 'found', at: '1', knows: true, news: false },
  { kind: 'found', at: '2', knows: true, news: true },
  { kind: 'found', at: '1', knows: false, news: false },
  { kind: 'created', at: '1', knows: false, news: true },
  { kind: 'created', at: '1', knows: true, news: false },
  { kind: 'changed', at: '2', knows: true, news: true },
  { kind: 'status', at: '2', knows: true, news: true },
  { kind: 'status', at: '1', knows: true, news: false },
  { kind: 'status', at: '1', knows: false, news: true },
] as const)('$kind at version $at, known at version 1: $knows, is news: $news', ({ kind, at, knows, news }) => {
  expect(isNews({ kind, seen: seen(at) }, { known: knows ? known : undefined, isShared: false })).toBe(news);
});

test('an object that is gone is always news', () => {
  expect(isNews({ kind: 'lost', seen: undefined }, { known, isShared: false })).toBe(true);
  expect(isNews({ kind: 'lost', seen: undefined }, { known: undefined, isShared: false })).toBe(true);
});

test.each([
  ['created', true],
  ['changed', true],
  ['status', true],
  ['found', false],
] as const)(
  'of an object that several works list, what one of them has made is news to the others: %s %s',
  (kind, news) => {
    expect(isNews({ kind, seen: seen('1') }, { known, isShared: true })).toBe(news);
  },
);
