import { expect, test } from '@jest/globals';
import { array, assert, constant, constantFrom, nat, oneof, property, record } from 'fast-check';
import { EventQueue, type Outgoing } from './event-queue.ts';

const event = (resourceId: string | undefined, text: string): Outgoing => ({ resourceId, bytes: Buffer.from(text) });
const texts = (queue: EventQueue): readonly string[] => {
  const all: string[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) all.push(Buffer.from(next.bytes).toString());
  return all;
};

test('of each resource only the newest state waits, in the place of the first', () => {
  const queue = new EventQueue();
  for (const [id, text] of [
    ['a', 'a1'],
    ['b', 'b1'],
    ['a', 'a22'],
  ] as const) {
    queue.push(event(id, text));
  }
  expect({ length: queue.length, bytes: queue.bytes }).toEqual({ length: 2, bytes: 5 });
  expect(texts(queue)).toEqual(['a22', 'b1']);
  expect({ length: queue.length, bytes: queue.bytes }).toEqual({ length: 0, bytes: 0 });
});

test('events that are about nothing in particular all stay', () => {
  const queue = new EventQueue();
  queue.push(event(undefined, 'x'));
  queue.push(event(undefined, 'y'));
  expect(texts(queue)).toEqual(['x', 'y']);
});

test('whatever comes and goes, the last state of each resource comes out last and the bytes add up', () => {
  const step = oneof(
    record({ kind: constant('push' as const), id: constantFrom('a', 'b', 'c'), size: nat(9) }),
    record({ kind: constant('shift' as const) }),
  );
  assert(
    property(array(step), (steps) => {
      const queue = new EventQueue();
      const [last, seen] = [new Map<string, number>(), new Map<string, number>()];
      const take = (): boolean => {
        const next = queue.shift();
        if (next?.resourceId !== undefined) seen.set(next.resourceId, next.bytes[0] ?? 0);
        return next !== undefined;
      };
      for (const [index, each] of steps.entries()) {
        if (each.kind === 'shift') take();
        else {
          queue.push({ resourceId: each.id, bytes: new Uint8Array(each.size + 1).fill(index % 256) });
          last.set(each.id, index % 256);
        }
      }
      expect(queue.length).toBeLessThanOrEqual(3);
      while (take());
      expect(queue.bytes).toBe(0);
      expect(seen).toEqual(last);
    }),
  );
});
