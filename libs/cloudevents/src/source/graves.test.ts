import { describe, expect, test } from '@jest/globals';
import { Graves } from './graves.ts';

const seq = (ms: number): string => String((BigInt(ms) << 22n) | (1n << 12n));

describe('deleted works', () => {
  test('the last ten thousand are remembered, until there is such a work again', () => {
    const graves = new Graves();
    for (let index = 0; index <= 10_000; index += 1) {
      graves.dig(`u${index}`, { cluster: 'c1', version: index + 1, sequenceId: undefined });
    }
    const known = ['u0', 'u1', 'u10000'].map((uid) => graves.has(uid));
    expect([...known, graves.version('u10000'), graves.version('other')]).toEqual([false, true, true, 10_001, 0]);
    graves.close('u1');
    expect(graves.has('u1')).toBe(false);
  });

  test('what an agent has said of one before its end is no news', () => {
    const graves = new Graves();
    graves.dig('u', { cluster: 'c1', version: 1, sequenceId: seq(5) });
    const news = [
      ['u', 5],
      ['u', 6],
      ['other', 1],
    ] as const;
    expect(news.map(([uid, ms]) => graves.isNews(uid, 'c1', seq(ms)))).toEqual([false, true, true]);
    graves.noteEnd('u', 'c1', seq(9));
    graves.noteEnd('u', 'c1', seq(7));
    graves.noteEnd('other', 'c1', seq(7));
    const isNews = graves.isNews('u', 'c1', seq(8));
    expect([isNews, graves.sequenceId('u'), graves.has('other')]).toEqual([false, seq(9), false]);
  });

  test('what a cluster says of the work of another counts for nothing', () => {
    const graves = new Graves();
    graves.dig('u', { cluster: 'c1', version: 1, sequenceId: seq(5) });
    graves.noteEnd('u', 'evil', seq(9));
    expect([graves.sequenceId('u'), graves.isNews('u', 'c1', seq(6)), graves.isNews('u', 'evil', seq(1))]).toEqual([
      seq(5),
      true,
      true,
    ]);
  });
});
