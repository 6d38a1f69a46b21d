import { describe, expect, test } from '@jest/globals';
import type { ObjectMeta, OwnerReference } from '@ocm/api';
import { mergeMetadata, metadataToCreate, ownerRemoval } from './merge-metadata.ts';

const owner = (name: string, uid = `uid-of-${name}`): OwnerReference => ({
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'AppliedManifestWork',
  name,
  uid,
});

const live: ObjectMeta = {
  name: 'a',
  uid: 'live',
  resourceVersion: '7',
  labels: { theirs: '1', shared: 'old' },
  annotations: { theirs: '1' },
  finalizers: ['example.com/hold'],
  ownerReferences: [owner('other')],
};

describe('mergeMetadata', () => {
  test.each([
    ['nothing', {}],
    ['a label that is there', { labels: { shared: 'old' } }],
    ['the removal of what is not there', { labels: { 'gone-': '' }, ownerReferences: [ownerRemoval(owner('gone'))] }],
    ['an owner that is there', { ownerReferences: [owner('other')] }],
    ['other finalizers', { finalizers: ['example.com/mine'] }],
  ])('%s changes nothing', (_what, required) => {
    expect(mergeMetadata(live, { name: 'a', ...required })).toBe(live);
  });

  test.each<[string, Partial<ObjectMeta>, Partial<ObjectMeta>]>([
    [
      'sets labels, keeps others',
      { labels: { shared: 'new', mine: '1' } },
      { labels: { theirs: '1', shared: 'new', mine: '1' } },
    ],
    ['removes a label marked with -', { labels: { 'shared-': 'x' } }, { labels: { theirs: '1' } }],
    ['sets annotations', { annotations: { mine: '1' } }, { annotations: { theirs: '1', mine: '1' } }],
    ['appends an owner', { ownerReferences: [owner('mine')] }, { ownerReferences: [owner('other'), owner('mine')] }],
    [
      'corrects the UID of an owner',
      { ownerReferences: [owner('other', 'new')] },
      { ownerReferences: [owner('other', 'new')] },
    ],
    [
      'removes an owner whose UID is marked',
      { ownerReferences: [ownerRemoval(owner('other'))] },
      { ownerReferences: [] },
    ],
  ])('%s', (_what, required, changed) => {
    expect(mergeMetadata(live, { name: 'a', ...required })).toEqual({ ...live, ...changed });
  });

  test('an owner is matched by group, kind and name, not by UID', () => {
    const otherGroup = { ...owner('other'), apiVersion: 'example.com/v1' };
    expect(mergeMetadata(live, { name: 'a', ownerReferences: [otherGroup] }).ownerReferences).toHaveLength(2);
  });

  test('an object without labels gets them', () => {
    expect(mergeMetadata({ name: 'a' }, { name: 'a', labels: { x: '1' } })).toEqual({ name: 'a', labels: { x: '1' } });
  });
});

describe('metadataToCreate', () => {
  test('leaves out what is marked for removal', () => {
    expect(
      metadataToCreate({
        name: 'a',
        labels: { keep: '1', 'drop-': '' },
        annotations: { 'drop-': '' },
        ownerReferences: [ownerRemoval(owner('mine'))],
      }),
    ).toEqual({ name: 'a', labels: { keep: '1' }, annotations: {} });
  });

  test('keeps owners', () => {
    expect(metadataToCreate({ name: 'a', ownerReferences: [owner('mine')] }).ownerReferences).toEqual([owner('mine')]);
  });
});
