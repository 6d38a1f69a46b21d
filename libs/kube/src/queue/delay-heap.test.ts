import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { DelayHeap } from './delay-heap.ts';

test('gives back what was added and not removed, the earliest first', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ dueMs: fc.nat(50), drop: fc.boolean() }), { maxLength: 60 }), (wanted) => {
      const heap = new DelayHeap();
      const items = wanted.map(({ dueMs, drop }) => ({ dueMs, drop, heapIndex: -1 }));
      for (const item of items) heap.add(item);
      for (const item of items.filter(({ drop }) => drop)) heap.remove(item);
      const order: number[] = [];
      for (let first = heap.first(); first !== undefined; first = heap.first()) {
        order.push(first.dueMs);
        heap.remove(first);
      }
      const kept = items.filter(({ drop }) => !drop).map(({ dueMs }) => dueMs);
      expect(order).toEqual(kept.toSorted((a, b) => a - b));
      expect(items.every(({ heapIndex }) => heapIndex === -1)).toBe(true);
    }),
  );
});

test('an item that is not in it can be removed without harm', () => {
  const heap = new DelayHeap();
  heap.add({ dueMs: 1, heapIndex: -1 });
  heap.remove({ dueMs: 1, heapIndex: -1 });
  expect(heap.size).toBe(1);
});
