import { expect, test } from '@jest/globals';
import type { Kind } from '@ocm/api';
import { contentMark } from '../objects/content-mark.ts';
import { KnownObjects } from '../objects/known-objects.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import { recall } from './skip-memo.ts';

const thing: Kind = { group: 'example.com', version: 'v1', kind: 'Thing', plural: 'things', namespaced: false };
const priorityClass: Kind = { ...thing, group: 'scheduling.k8s.io', plural: 'priorityclasses' };
const object = { metadata: { name: 'x', uid: 'u', resourceVersion: '1', generation: 1 } };

interface Case {
  /** Of our side now; the object was applied with `ours`. */
  readonly fingerprint?: string;
  readonly resource?: Kind;
  /** What is different by now, as a watch has it. */
  readonly now?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** What is remembered of an object that was applied, when a watch has it as it is now. */
function memoOf({ fingerprint = 'ours', resource = thing, now = {} }: Case) {
  const id = { group: resource.group, resource: resource.plural, namespace: '', name: 'x' };
  const known = new KnownObjects();
  known.applied(id, object, { fingerprint: 'ours', seenMs: 0 });
  const metadata = { ...object.metadata, ...now };
  const { uid, resourceVersion } = metadata;
  const watched = { uid, resourceVersion, content: contentMark({ metadata }, id) };
  const reader = { watched: () => watched } as unknown as ObjectReader;
  return recall({ id, resource }, fingerprint, { known, reader });
}

test.each<[string, Case, string | undefined]>([
  ['as it was left', {}, 'ours'],
  ['of another version', { now: { resourceVersion: '2' } }, undefined],
  ['made anew', { now: { uid: 'v' } }, undefined],
])('an object %s is remembered as it was left: %j, %s', (_what, { now = {} }, fingerprint) => {
  expect(memoOf({ fingerprint: 'another', now }).untouched?.fingerprint).toBe(fingerprint);
});

test.each<[string, Case, boolean]>([
  ['nothing', {}, true],
  ['another status alone', { now: { resourceVersion: '2' } }, true],
  ['another manifest', { fingerprint: 'another' }, false],
  ['an object that was made anew with the same generation', { now: { uid: 'v', resourceVersion: '2' } }, false],
  [
    'any version of a kind that counts no generations',
    { resource: priorityClass, now: { resourceVersion: '2' } },
    false,
  ],
])('%s (%j) leaves the object unchanged: %s', (_what, given, unchanged) => {
  expect(memoOf(given).unchanged !== undefined).toBe(unchanged);
});
