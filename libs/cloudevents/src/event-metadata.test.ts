import { describe, expect, test } from '@jest/globals';
import { stringAttribute } from './event.ts';
import { metadataOf } from './event-metadata.ts';

function read(metadata: unknown): unknown {
  return metadataOf({ extensions: new Map([['metadata', stringAttribute(JSON.stringify(metadata))]]) });
}

describe('the metadata that an event carries', () => {
  test('is taken as it is, without what is null', () => {
    const metadata = { name: 'w', labels: { a: 'b' }, finalizers: ['f'], ownerReferences: [{ uid: 'u' }], other: 7 };
    expect(read({ ...metadata, annotations: null, creationTimestamp: null })).toEqual(metadata);
  });

  test.each([
    [{ name: 7 }, 'name is no string'],
    [{ namespace: {} }, 'namespace is no string'],
    [{ labels: 'a' }, 'labels is no map of strings'],
    [{ labels: ['a'] }, 'labels is no map of strings'],
    [{ annotations: { a: 1 } }, 'annotations is no map of strings'],
    [{ annotations: { a: null } }, 'annotations is no map of strings'],
    [{ finalizers: 'f' }, 'finalizers is no list of strings'],
    [{ finalizers: [1] }, 'finalizers is no list of strings'],
    [{ ownerReferences: ['a'] }, 'ownerReferences is no list of objects'],
    [{ deletionTimestamp: 1 }, 'deletionTimestamp is no string'],
  ])('is refused when it is %j', (metadata, says) => {
    expect(() => read(metadata)).toThrow(`extension attribute metadata: ${says}`);
  });
});
