import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@ocm/api';
import { LocalStore, type StoreNews } from './local-store.ts';

const object = (name: string, uid?: string, resourceVersion?: string): KubeObject => ({
  metadata: {
    name,
    namespace: 'n',
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  },
});

function storeWithNews(versioning: 'hub' | 'local'): { store: LocalStore<KubeObject>; news: string[] } {
  const store = new LocalStore<KubeObject>(versioning);
  const news: string[] = [];
  store.listen(({ type, object: { metadata } }: StoreNews<KubeObject>) =>
    news.push(`${type} ${metadata.name} ${metadata.uid ?? '-'} ${metadata.resourceVersion ?? '-'}`),
  );
  return { store, news };
}

describe('the objects that an agent knows', () => {
  test('are found by name and by uid until they are removed', () => {
    const { store, news } = storeWithNews('hub');
    const one = object('a', 'u1', '5');
    expect(store.apply({ kind: 'put', object: one })).toBe(one);
    expect([store.get({ namespace: 'n', name: 'a' }), store.byUid('u1'), store.get('a')]).toEqual([
      one,
      one,
      undefined,
    ]);
    store.apply({ kind: 'none' });
    store.apply({ kind: 'remove', object: one });
    store.apply({ kind: 'remove', object: one });
    expect([store.list(), store.byUid('u1')]).toEqual([[], undefined]);
    expect(news).toEqual(['ADDED a u1 5', 'DELETED a u1 5']);
  });

  test('another object under the same name takes the place of the one before', () => {
    const { store, news } = storeWithNews('hub');
    store.apply({ kind: 'put', object: object('a', 'u1') });
    store.apply({ kind: 'put', object: object('a', 'u2') });
    expect([store.byUid('u1'), store.byUid('u2')?.metadata.uid, store.list().length]).toEqual([undefined, 'u2', 1]);
    expect(news).toEqual(['ADDED a u1 -', 'MODIFIED a u2 -']);
  });

  test('a renamed object is not kept twice', () => {
    const { store, news } = storeWithNews('hub');
    store.apply({ kind: 'put', object: object('a', 'u1') });
    store.apply({ kind: 'put', object: object('b', 'u1'), renamedFrom: 'a' });
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(store.byUid('u1')?.metadata.name).toBe('b');
    expect(news).toEqual(['ADDED a u1 -', 'DELETED a u1 -', 'ADDED b u1 -']);
  });

  test('versions of the store grow with every change, the last one included', () => {
    const { store, news } = storeWithNews('local');
    store.apply({ kind: 'put', object: object('a', 'u1', '99') });
    store.apply({ kind: 'put', object: object('a', 'u1') });
    const last = store.byUid('u1');
    if (last !== undefined) store.apply({ kind: 'remove', object: last });
    expect(news).toEqual(['ADDED a u1 1', 'MODIFIED a u1 2', 'DELETED a u1 3']);
  });
});
