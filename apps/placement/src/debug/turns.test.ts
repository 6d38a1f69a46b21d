import { expect, test } from '@jest/globals';
import { Turns } from './turns.ts';

test('everybody waits for those who have asked before, and nobody for a turn that is over', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const endFirst = await turns.take();
  const others = ['second', 'third'].map(async (who) => {
    const end = await turns.take();
    order.push(who);
    await Promise.resolve();
    order.push(`${who} is done`);
    end();
  });
  await Promise.resolve();
  expect(order).toEqual([]);
  endFirst();
  endFirst();
  await Promise.all(others);
  expect(order).toEqual(['second', 'second is done', 'third', 'third is done']);
});
