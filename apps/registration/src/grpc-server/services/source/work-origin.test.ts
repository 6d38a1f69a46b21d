import { annotations, labels, type ObjectMeta } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import { originKey, originOf, shownMetadata, sourceIndexes, storedMetadata } from './work-origin.ts';

const ORIGIN = { source: 'src1', resourceId: 'r1', version: 7 };
const OWNERS = [{ apiVersion: 'v1', kind: 'Set', name: 'owner', uid: 'u' }];
const SENT: ObjectMeta = {
  name: 'work1',
  namespace: 'cluster1',
  uid: 'r1',
  generation: 7,
  labels: { l: 'v' },
  annotations: { a: 'v' },
  ownerReferences: OWNERS,
  finalizers: ['theirs'],
};

test('what a source sends is stored under its name, with its origin, and without what only means something with it', () => {
  const stored = storedMetadata(SENT, ORIGIN);
  expect(stored.ownerReferences).toBeUndefined();
  expect(stored.finalizers).toBeUndefined();
  expect(stored.uid).toBeUndefined();
  expect(originOf({ metadata: stored })).toEqual(ORIGIN);
});

test('and comes back to it as it was sent', () => {
  const onHub = { ...storedMetadata(SENT, ORIGIN), uid: 'hub', generation: 3, finalizers: ['ours'] };
  const { finalizers: _, ...sent } = SENT;
  const labelled = { ...sent, labels: { ...sent.labels, [labels.originalSource]: 'src1' } };
  expect(shownMetadata({ metadata: onHub }, ORIGIN, 7)).toEqual(labelled);
});

test('a source cannot claim another origin than its own by annotations or labels', () => {
  const forged = {
    ...SENT,
    labels: { [labels.originalSource]: 'src2' },
    annotations: { [annotations.eventResourceId]: 'r2', [annotations.eventResourceVersion]: '99' },
  };
  expect(originOf({ metadata: storedMetadata(forged, ORIGIN) })).toEqual(ORIGIN);
});

describe('owners that cannot be read', () => {
  test.each(['{', '{}', 'null'])('as in %s are left out', (text) => {
    const { annotations: stored, ...rest } = storedMetadata(SENT, ORIGIN);
    const metadata = { ...rest, annotations: { ...stored, [annotations.eventOwners]: text } };
    expect(shownMetadata({ metadata }, ORIGIN, 7)).not.toHaveProperty('ownerReferences');
  });
});

test('works that no source has delivered are in no index', () => {
  const foreign = { metadata: { name: 'w', labels: { [labels.originalSource]: 'src1' } } };
  expect([sourceIndexes.source(foreign), sourceIndexes.origin(foreign)]).toEqual([[], []]);
  const delivered = { metadata: storedMetadata(SENT, ORIGIN) };
  expect([sourceIndexes.source(delivered), sourceIndexes.origin(delivered)]).toEqual([['src1'], [originKey(ORIGIN)]]);
});
