import { describe, expect, test } from '@jest/globals';
import { compareSequenceIds, parseSequenceId, SequenceIds } from './sequence-id.ts';

const VECTOR = '1834773391719010304';
const MS = 1_726_279_039_684;

test('a sequence id is taken apart (cloudevents-grpc 6.2)', () => {
  expect(parseSequenceId(VECTOR)).toEqual({ timeMs: MS, node: 1, step: 0 });
});

test('ids begin with the time and node 1', () => {
  expect(new SequenceIds(() => new Date(MS)).next()).toBe(VECTOR);
});

test.each([
  ['in one millisecond', () => MS],
  ['with a clock that goes back', (call: number) => MS - call],
  ['with a clock that goes on', (call: number) => MS + Math.floor(call / 100)],
])('10,000 ids %s grow', (_, timeMs) => {
  let calls = 0;
  const ids = new SequenceIds(() => new Date(timeMs((calls += 1))));
  const made = Array.from({ length: 10_000 }, () => ids.next());
  const orders = made.slice(1).map((id, index) => compareSequenceIds(made[index], id));
  expect(new Set(orders)).toEqual(new Set(['newer']));
});

describe('the order of two ids', () => {
  const later = '1834773391719010305';
  const otherNode = String(BigInt(VECTOR) + (1n << 12n) + (1n << 22n));
  test.each<{ what: string; previous: string | undefined; next: string; order: string }>([
    { what: 'anything is newer than nothing', previous: undefined, next: VECTOR, order: 'newer' },
    { what: 'anything is newer than nothing', previous: '', next: VECTOR, order: 'newer' },
    { what: 'a later step is newer', previous: VECTOR, next: later, order: 'newer' },
    { what: 'the same is not newer', previous: VECTOR, next: VECTOR, order: 'not-newer' },
    { what: 'an earlier step is not newer', previous: later, next: VECTOR, order: 'not-newer' },
    { what: 'another node says nothing', previous: VECTOR, next: otherNode, order: 'incomparable' },
  ])('$what', ({ previous, next, order }) => {
    expect(compareSequenceIds(previous, next)).toBe(order);
  });

  test.each(['', 'x', '-1', '1.5', '12345678901234567890'])('"%s" is no sequence id', (text) => {
    expect(() => parseSequenceId(text)).toThrow(/no decimal number of 63 bits/);
  });
});
