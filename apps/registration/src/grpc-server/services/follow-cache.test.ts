import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Lease } from '@ocm/api';
import type { AnyInformer, Clock, Informer, ObjectEvent } from '@ocm/kube';
import { aLease } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { followCache } from './follow-cache.ts';

/** A cache that says what the test says. */
function aCache() {
  const objects = new Map<string, Lease>();
  const handlers = new Set<(change: ObjectEvent<Lease>) => void>();
  const sync = Promise.withResolvers<void>();
  const tell = (change: ObjectEvent<Lease>): void => {
    objects.set(change.object.metadata.name, change.object);
    for (const handler of handlers) handler(change);
  };
  const cache = {
    list: () => [...objects.values()],
    get: ({ name }: { name: string }) => objects.get(name),
    subscribe: (handler: (change: ObjectEvent<Lease>) => void) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    waitForSync: () => sync.promise,
    run: (signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
  };
  return { cache: cache as unknown as Informer<Lease> & AnyInformer, objects, handlers, sync, tell };
}

function aClock() {
  const waiting: (() => void)[] = [];
  const sleep: Clock['sleep'] = (_, signal) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      signal.addEventListener('abort', () => resolve());
    });
  const clock: Clock = { now: () => new Date(), schedule: () => () => undefined, sleep };
  return { clock, ring: () => waiting.pop()?.() };
}

test('what was there before is not passed on, changes are, and every half hour everything', async () => {
  const { cache, handlers, sync, tell } = aCache();
  const { clock, ring } = aClock();
  const stop = new AbortController();
  const seen: string[] = [];
  let isSynced = false;
  const running = followCache(cache, {
    onChange: ({ type, object }) => seen.push(`${type} ${object.metadata.name}`),
    synced: () => (isSynced = true),
    clock,
    signal: stop.signal,
  });
  tell({ type: 'added', object: aLease({ name: 'old' }), initial: true });
  await nextTurn();
  expect([isSynced, seen]).toEqual([false, []]);
  sync.resolve();
  await nextTurn();
  expect([isSynced, seen]).toEqual([true, []]);
  tell({ type: 'added', object: aLease({ name: 'new' }), initial: false });
  expect(seen.splice(0)).toEqual(['added new']);
  ring();
  await nextTurn();
  expect(seen.splice(0)).toEqual(['resync old', 'resync new']);
  stop.abort();
  await running;
  expect(handlers.size).toBe(0);
});

test('everything is told in lots, between which others get their turn', async () => {
  const { cache, sync, objects } = aCache();
  const { clock, ring } = aClock();
  const stop = new AbortController();
  let told = 0;
  for (let number = 0; number < 200; number += 1) objects.set(`l${number}`, aLease({ name: `l${number}` }));
  const running = followCache(cache, {
    onChange: () => (told += 1),
    synced: () => undefined,
    clock,
    signal: stop.signal,
  });
  sync.resolve();
  await nextTurn();
  ring();
  await Promise.resolve();
  expect(told).toBeLessThan(100);
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  expect(told).toBe(200);
  stop.abort();
  await running;
});
