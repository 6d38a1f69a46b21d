import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isExpired, remainingFraction, validityOf } from './validity.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const member = (from: number, to: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: at(from),
  notAfter: at(to),
});

test('[registration 6.3] a chain is valid from its latest start to its earliest end', () => {
  expect(validityOf([member(0, 50), member(10, 90), member(5, 70)])).toEqual(member(10, 50));
});

test('an empty chain has no validity', () => {
  expect(() => validityOf([])).toThrow(RangeError);
});

test.each([
  { chain: [member(0, 10), member(0, 20)], minute: 9, want: false },
  { chain: [member(0, 10), member(0, 20)], minute: 10, want: false },
  { chain: [member(0, 10), member(0, 20)], minute: 11, want: true },
  { chain: [member(0, 20), member(0, 10)], minute: 11, want: true },
  { chain: [member(30, 40)], minute: 11, want: false },
])('a chain is expired as soon as one member is past its end ($minute min: $want)', ({ chain, minute, want }) => {
  expect(isExpired(chain, at(minute))).toBe(want);
});

describe('remainingFraction', () => {
  test.each([
    { validity: member(0, 100), minute: 0, want: 1 },
    { validity: member(0, 100), minute: -5, want: 1 },
    { validity: member(0, 100), minute: 75, want: 0.25 },
    { validity: member(0, 100), minute: 100, want: 0 },
    { validity: member(0, 100), minute: 500, want: 0 },
    { validity: member(10, 10), minute: 5, want: 0 },
    { validity: member(20, 10), minute: 5, want: 0 },
  ])('$minute min -> $want', ({ validity, minute, want }) => {
    expect(remainingFraction(validity, at(minute))).toBe(want);
  });

  test('never grows as time passes and stays between 0 and 1', () => {
    const minute = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(fc.record({ from: minute, to: minute, now: minute, later: fc.nat(1000) }), (times) => {
        const { from, to, now, later } = times;
        const first = remainingFraction(member(from, to), at(now));
        const second = remainingFraction(member(from, to), at(now + later));
        expect(first).toBeLessThanOrEqual(1);
        expect(second).toBeGreaterThanOrEqual(0);
        expect(second).toBeLessThanOrEqual(first);
      }),
    );
  });
});
