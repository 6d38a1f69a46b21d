import { describe, expect, test } from '@jest/globals';
import { Turns } from './turns.ts';

describe('jobs in turn', () => {
  test('those about one thing follow each other, also after a failure; others do not wait', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const one = turns.take('a', async () => {
      await first.promise;
      order.push('a1');
      throw new Error('failed');
    });
    const two = turns.take('a', async () => void order.push('a2'));
    await turns.take('b', async () => void order.push('b'));
    expect(turns.isBusy('a')).toBe(true);
    first.resolve();
    await expect(one).rejects.toThrow('failed');
    await two;
    expect(order).toEqual(['b', 'a1', 'a2']);
    expect([turns.isBusy('a'), turns.isBusy('b')]).toEqual([false, false]);
  });
});
