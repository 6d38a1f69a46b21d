import { expect, test } from '@jest/globals';
import { metadataPatch } from './metadata-patch.ts';

const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: '1' };

test.each([
  { name: 'nothing asked', seen: {}, change: {}, patch: undefined },
  { name: 'a label that is there', seen: { labels: { a: '1' } }, change: { labels: { a: '1' } }, patch: undefined },
  { name: 'removal of a label that is not there', seen: {}, change: { labels: { a: null } }, patch: undefined },
  {
    name: 'changed keys only',
    seen: { labels: { a: '1', b: '2', c: '3' } },
    change: { labels: { a: '1', b: 'x', c: null, d: '4' } },
    patch: { labels: { b: 'x', c: null, d: '4' } },
  },
  { name: 'an annotation', seen: {}, change: { annotations: { a: '' } }, patch: { annotations: { a: '' } } },
  { name: 'the same finalizers', seen: { finalizers: ['f'] }, change: { finalizers: ['f'] }, patch: undefined },
  { name: 'no finalizers, as before', seen: {}, change: { finalizers: [] }, patch: undefined },
  {
    name: 'finalizers as a whole list',
    seen: { finalizers: ['f', 'g'] },
    change: { finalizers: ['g'] },
    patch: { finalizers: ['g'] },
  },
  { name: 'the last finalizer', seen: { finalizers: ['f'] }, change: { finalizers: [] }, patch: { finalizers: [] } },
  {
    name: 'owner references',
    seen: {},
    change: { ownerReferences: [owner] },
    patch: { ownerReferences: [owner] },
  },
])('$name', ({ seen, change, patch }) => {
  expect(metadataPatch({ name: 'x', ...seen }, change)).toEqual(patch);
});
