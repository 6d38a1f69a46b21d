import { expect, test } from '@jest/globals';
import { KnownObjects } from './known-objects.ts';

const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'a' };
const object = (resourceVersion: string, uid = 'u') => ({ metadata: { name: 'a', uid, resourceVersion } });

const generated = (resourceVersion: string) => ({ metadata: { ...object(resourceVersion).metadata, generation: 1 } });

test('what was applied stays known while the object is the same', () => {
  const known = new KnownObjects();
  known.applied(id, object('1'), { fingerprint: 'f', soleOwner: 'w', bare: 'b', seenMs: 10 });
  known.saw(id, object('1'), 20);
  const common = { uid: 'u', resourceVersion: '1', content: '1' };
  expect(known.get(id)).toEqual({ ...common, fingerprint: 'f', soleOwner: 'w', bare: 'b', seenMs: 20 });
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

test('another status alone leaves the owner known; but there may be a finalizer now', () => {
  const known = new KnownObjects();
  known.applied(id, generated('1'), { fingerprint: 'f', soleOwner: 'w', bare: 'b', seenMs: 10 });
  known.saw(id, generated('2'), 20);
  expect(known.get(id)).toMatchObject({ fingerprint: 'f', soleOwner: 'w', bare: undefined });
});

test('a PriorityClass that has changed was not applied by us, though its generation is the same', () => {
  const known = new KnownObjects();
  const priorityClass = { ...id, group: 'scheduling.k8s.io', resource: 'priorityclasses', namespace: '' };
  known.applied(priorityClass, generated('1'), { fingerprint: 'f', seenMs: 10 });
  known.saw(priorityClass, generated('2'), 20);
  expect(known.get(priorityClass)?.fingerprint).toBeUndefined();
});

test('a forgotten object is not known', () => {
  const known = new KnownObjects();
  known.saw(id, object('1'), 20);
  known.forget(id);
  expect(known.get(id)).toBeUndefined();
});
