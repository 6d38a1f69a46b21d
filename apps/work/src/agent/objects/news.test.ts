import { expect, test } from '@jest/globals';
import type { KnownObject } from './known-objects.ts';
import { audienceOf } from './news.ts';

const known: KnownObject = { uid: 'u', resourceVersion: '1', content: '1', fingerprint: 'f', seenMs: 0 };
const seen = (resourceVersion: string) => ({ uid: 'u', resourceVersion, content: resourceVersion });

test.each([
  { kind: 'found', at: '1', knows: true, audience: 'nobody' },
  { kind: 'found', at: '2', knows: true, audience: 'all' },
  { kind: 'found', at: '1', knows: false, audience: 'nobody' },
  { kind: 'created', at: '1', knows: false, audience: 'all' },
  { kind: 'created', at: '1', knows: true, audience: 'nobody' },
  { kind: 'changed', at: '2', knows: true, audience: 'all' },
  { kind: 'status', at: '2', knows: true, audience: 'all' },
  { kind: 'status', at: '1', knows: true, audience: 'nobody' },
  { kind: 'status', at: '1', knows: false, audience: 'all' },
] as const)(
  '$kind at version $at, known at version 1: $knows, is looked at by $audience',
  ({ kind, at, knows, audience }) => {
    expect(audienceOf({ kind, seen: seen(at) }, { known: knows ? known : undefined, isShared: false })).toBe(audience);
  },
);

test('an object that is gone is looked at by all', () => {
  expect(audienceOf({ kind: 'lost', seen: undefined }, { known, isShared: false })).toBe('all');
  expect(audienceOf({ kind: 'lost', seen: undefined }, { known: undefined, isShared: false })).toBe('all');
});

test.each([
  ['created', '1', 'all'],
  ['changed', '1', 'reporting'],
  ['status', '1', 'reporting'],
  ['found', '1', 'nobody'],
  ['changed', '2', 'all'],
] as const)(
  'an object that several works list, of which one has left version 1: %s at version %s is looked at by %s',
  (kind, at, audience) => {
    expect(audienceOf({ kind, seen: seen(at) }, { known, isShared: true })).toBe(audience);
  },
);
