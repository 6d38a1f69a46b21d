import { expect, test } from '@jest/globals';
import { KnownObjects } from './known-objects.ts';

const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'a' };
const object = (resourceVersion: string, uid = 'u') => ({ metadata: { name: 'a', uid, resourceVersion } });

test('what was applied stays known while the object is the same', () => {
  const known = new KnownObjects();
  known.applied(id, object('1'), { fingerprint: 'f', seenMs: 10 });
  known.saw(id, object('1'), 20);
  expect(known.get(id)).toEqual({ uid: 'u', resourceVersion: '1', content: '1', fingerprint: 'f', seenMs: 20 });
});

test.each([
  ['another version', object('2')],
  ['another object', object('1', 'v')],
])('%s was not applied by us', (_what, seen) => {
  const known = new KnownObjects();
  known.applied(id, object('1'), { fingerprint: 'f', seenMs: 10 });
  known.saw(id, seen, 20);
  expect(known.get(id)?.fingerprint).toBeUndefined();
});

test('a forgotten object is not known', () => {
  const known = new KnownObjects();
  known.saw(id, object('1'), 20);
  known.forget(id);
  expect(known.get(id)).toBeUndefined();
});
