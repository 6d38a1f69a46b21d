import { expect, test } from '@jest/globals';
import type { AnyObject, JsonObject } from '../manifest/any-object.ts';
import { bareMark, metadataMark } from './bare.ts';
import { kindRulesFor } from './kind-rules.ts';

const owner = { apiVersion: 'work.open-cluster-management.io/v1', kind: 'AppliedManifestWork', name: 'w', uid: 'o' };
const ownerReferences = [owner];
const SET_BY_SERVER = { uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z', managedFields: [{}] }; // prettier-ignore

const anObject = (kind: string, metadata: JsonObject, content: JsonObject): AnyObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a', namespace: 'n', ...metadata },
  ...content,
});

const rulesOf = (manifest: AnyObject) =>
  kindRulesFor({ group: '', version: 'v1', kind: manifest.kind ?? '' }, manifest);

const mark = (metadata: JsonObject, content: JsonObject = {}) => metadataMark(anObject('Thing', metadata, content));

const data = { data: { a: '1' } };

interface Case {
  readonly manifest: AnyObject;
  /** What else is on the object, and what is otherwise. */
  readonly live: JsonObject & { readonly metadata?: JsonObject };
  readonly isBare: boolean;
}

const configMap = anObject('ConfigMap', { ownerReferences, labels: { a: 'b' } }, data);
const thing = anObject('Thing', { ownerReferences }, { spec: { size: 1 } });

test.each<[what: string, each: Case]>([
  ['it is the manifest', { manifest: configMap, live: {}, isBare: true }],
  ['a status was added', { manifest: thing, live: { status: { ready: true } }, isBare: true }],
  ['a label was added', { manifest: configMap, live: { metadata: { labels: { a: 'b', c: 'd' } } }, isBare: false }],
  ['an annotation was added', { manifest: configMap, live: { metadata: { annotations: { c: 'd' } } }, isBare: false }],
  ['a finalizer was added', { manifest: configMap, live: { metadata: { finalizers: ['f'] } }, isBare: false }],
  [
    'an owner was added',
    { manifest: configMap, live: { metadata: { ownerReferences: [owner, { ...owner, uid: 'p' }] } }, isBare: false },
  ],
  ['a default was added', { manifest: thing, live: { spec: { size: 1, color: 'red' } }, isBare: false }],
  ['a member was added', { manifest: thing, live: { other: 1 }, isBare: false }],
  ['its content is another', { manifest: configMap, live: { data: { a: '2' } }, isBare: false }],
  ['a member is not enforced', { manifest: { ...configMap, immutable: true }, live: {}, isBare: false }],
  ['its rules look at the object', { manifest: { ...configMap, kind: 'Secret' }, live: {}, isBare: false }],
])('an object is bare or not: %s', (_what, { manifest, live: { metadata, ...content }, isBare }) => {
  const live = { ...manifest, ...content, metadata: { ...manifest.metadata, ...SET_BY_SERVER, ...metadata } };
  expect(bareMark(live, manifest, rulesOf(manifest))).toBe(isBare ? metadataMark(manifest) : undefined);
});

test('what a manifest asks to be removed need not be there', () => {
  const removing = anObject('ConfigMap', { ownerReferences, labels: { 'a-': '' } }, data);
  const live = anObject('ConfigMap', { ownerReferences, ...SET_BY_SERVER }, data);
  expect(bareMark(live, removing, rulesOf(removing))).toBe(metadataMark(removing));
});

test('the mark is another one when the manifest asks for other metadata, and the same for every name and content', () => {
  const plain = mark({ ownerReferences });
  expect(mark({ ownerReferences, name: 'b', namespace: 'm' }, data)).toBe(plain);
  expect(mark({ ownerReferences, labels: { a: 'b' } })).not.toBe(plain);
  expect(mark({ ownerReferences: [{ ...owner, uid: 'p' }] })).not.toBe(plain);
  expect(mark({ ownerReferences, annotations: { 'a-': '' } })).not.toBe(plain);
});
