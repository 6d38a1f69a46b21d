import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@ocm/api';
import { type Clock, systemClock, type WatchEvent } from '@ocm/kube';
import { LocalStore } from './local-store.ts';
import { watchStore } from './watch-store.ts';

const object = (name: string, version: string, kept = 'yes'): KubeObject => ({
  metadata: { name, uid: name, resourceVersion: version, labels: { kept } },
});
const put = (store: LocalStore<KubeObject>, next: KubeObject): void => void store.apply({ kind: 'put', object: next });
const isSelected = ({ metadata }: KubeObject): boolean => metadata.labels?.['kept'] === 'yes';

function shown(event: WatchEvent<KubeObject> | undefined): string {
  if (event === undefined) return 'end';
  if (event.type !== 'BOOKMARK')
    return `${event.type} ${event.object.metadata.name} ${event.object.metadata.resourceVersion}`;
  return `BOOKMARK ${event.resourceVersion}${event.initialEventsEnd === true ? ' initial' : ''}`;
}

function watching(clock: Clock = systemClock) {
  const store = new LocalStore<KubeObject>('hub');
  const stop = new AbortController();
  const events = watchStore(store, { initialEvents: true, isSelected, clock, signal: stop.signal });
  const next = async (): Promise<string> => shown((await events.next()).value as WatchEvent<KubeObject> | undefined);
  return { store, stop, next, events };
}

describe('a store as a watch', () => {
  test('begins with what there is once the hub has answered, then shows every change', async () => {
    const { store, next } = watching();
    const first = next();
    put(store, object('a', '5'));
    put(store, object('b', '6', 'no'));
    store.markFilled();
    expect([await first, await next()]).toEqual(['ADDED a 5', 'BOOKMARK 5 initial']);
    const live = next();
    put(store, object('c', '7'));
    expect(await live).toBe('ADDED c 7');
  });

  test('a slow reader gets the last state of each object, and the end of what left the selection', async () => {
    const { store, next } = watching();
    put(store, object('a', '1'));
    store.markFilled();
    expect([await next(), await next()]).toEqual(['ADDED a 1', 'BOOKMARK 1 initial']);
    for (let version = 2; version < 1000; version += 1) put(store, object('a', `${version}`));
    put(store, object('b', '1000'));
    put(store, object('a', '1001', 'no'));
    expect([await next(), await next()]).toEqual(['ADDED b 1000', 'DELETED a 1001']);
  });

  test('says now and then that it is alive', async () => {
    const clock: Clock = { ...systemClock, schedule: (_ms, callback) => systemClock.schedule(1, callback) };
    const { store, next } = watching(clock);
    store.markFilled();
    expect([await next(), await next()]).toEqual(['BOOKMARK 0 initial', 'BOOKMARK 0']);
  });

  test('is alive also while the hub has not said what there is', async () => {
    const clock: Clock = { ...systemClock, schedule: (_ms, callback) => systemClock.schedule(1, callback) };
    const { store, next } = watching(clock);
    put(store, object('a', '5'));
    expect([await next(), await next()]).toEqual(['BOOKMARK 0', 'BOOKMARK 0']);
    store.markFilled();
    expect([await next(), await next()]).toEqual(['ADDED a 5', 'BOOKMARK 5 initial']);
  });

  test('ends with the reason of the signal, be it before or after the first answer', async () => {
    const waiting = watching();
    const first = waiting.next();
    waiting.stop.abort(new Error('stop'));
    await expect(first).rejects.toThrow('stop');
    const live = watching();
    live.store.markFilled();
    await live.next();
    const later = live.next();
    live.stop.abort(new Error('stop'));
    await expect(later).rejects.toThrow('stop');
  });

  test('cannot begin anywhere but at the beginning', async () => {
    const store = new LocalStore<KubeObject>('hub');
    const { signal } = new AbortController();
    const events = watchStore(store, { initialEvents: false, isSelected, clock: systemClock, signal });
    await expect(events.next()).rejects.toMatchObject({ code: 'gone' });
  });
});
