import { describe, expect, test } from '@jest/globals';
import { Graves } from './graves.ts';

const seq = (ms: number): string => String((BigInt(ms) << 22n) | (1n << 12n));

describe('deleted works', () => {
  test('the last ten thousand are remembered, until there is such a work again', () => {
    const graves = new Graves();
    for (let index = 0; index <= 10_000; index += 1) {
      graves.dig(`u${index}`, { version: index + 1, sequenceId: undefined });
    }
    const known = ['u0', 'u1', 'u10000'].map((uid) => graves.has(uid));
    expect([...known, graves.version('u10000'), graves.version('other')]).toEqual([false, true, true, 10_001, 0]);
    graves.close('u1');
    expect(graves.has('u1')).toBe(false);
  });

  test('what an agent has said of one before its end is no news', () => {
    const graves = new Graves();
    graves.dig('u', { version: 1, sequenceId: seq(5) });
    expect([graves.isNews('u', seq(5)), graves.isNews('u', seq(6)), graves.isNews('other', seq(1))]).toEqual([
      false,
      true,
      true,
    ]);
    graves.noteEnd('u', seq(9));
    graves.noteEnd('u', seq(7));
    graves.noteEnd('other', seq(7));
    expect([graves.isNews('u', seq(8)), graves.sequenceId('u'), graves.has('other')]).toEqual([false, seq(9), false]);
  });
});
