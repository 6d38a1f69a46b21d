import { expect, test } from '@jest/globals';
import type { Kind } from '@ocm/api';
import { KnownObjects } from '../objects/known-objects.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import { recall } from './skip-memo.ts';

const id = { group: 'g', resource: 'things', namespace: '', name: 'x' };
const kind: Kind = { group: 'example.com', version: 'v1', kind: 'Thing', plural: 'things', namespaced: false };
const classes: Kind = { ...kind, group: 'scheduling.k8s.io', plural: 'priorityclasses' };
const object = { metadata: { name: 'x', uid: 'u', resourceVersion: '1', generation: 1 } };

/** What is remembered after an apply, when a watch has the object at another version, with the same generation. */
function recalled(resource: Kind, fingerprint: string): boolean {
  const known = new KnownObjects();
  known.applied(id, object, { fingerprint: 'ours', seenMs: 0 });
  const content = known.get(id)?.content ?? '';
  const reader = { watched: () => ({ uid: 'u', resourceVersion: '2', content }) } as unknown as ObjectReader;
  return recall({ id, resource }, fingerprint, { known, reader }).unchanged !== undefined;
}

test.each([
  ['1', 'ours'],
  ['2', undefined],
])('at version %s the object of version 1 is remembered as %s', (resourceVersion, fingerprint) => {
  const known = new KnownObjects();
  known.applied(id, object, { fingerprint: 'ours', seenMs: 0 });
  const content = known.get(id)?.content ?? '';
  const reader = { watched: () => ({ uid: 'u', resourceVersion, content }) } as unknown as ObjectReader;
  const { untouched } = recall({ id, resource: kind }, 'another', { known, reader });
  expect(untouched?.fingerprint).toBe(fingerprint);
});

test('another status alone is no change; another manifest is, and so is any version where no generation counts', () => {
  expect(recalled(kind, 'ours')).toBe(true);
  expect(recalled(kind, 'another')).toBe(false);
  expect(recalled(classes, 'ours')).toBe(false);
});
