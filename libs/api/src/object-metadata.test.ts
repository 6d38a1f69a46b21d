import { describe, expect, test } from '@jest/globals';
import type { OwnerReference } from './meta.ts';
import {
  hasFinalizer,
  isDeleting,
  isSameOwner,
  withFinalizer,
  withoutFinalizers,
  withoutOwner,
  withOwner,
} from './object-metadata.ts';

const OWNER: OwnerReference = {
  apiVersion: 'addon.open-cluster-management.io/v1beta1',
  kind: 'A',
  name: 'a',
  uid: '1',
};
const OTHER: OwnerReference = { ...OWNER, name: 'b', uid: '2' };

test('an object is deleting from the moment that somebody asked for it', () => {
  expect(isDeleting({ metadata: { name: 'a' } })).toBe(false);
  expect(isDeleting({ metadata: { name: 'a', deletionTimestamp: '2026-03-01T08:00:00Z' } })).toBe(true);
});

describe('finalizers', () => {
  test('are added once, at the end', () => {
    const list = ['x'];
    expect(withFinalizer(undefined, 'y')).toEqual(['y']);
    expect(withFinalizer(list, 'y')).toEqual(['x', 'y']);
    expect(withFinalizer(list, 'x')).toBe(list);
    expect(hasFinalizer({ metadata: { name: 'a', finalizers: list } }, 'x')).toBe(true);
    expect(hasFinalizer({ metadata: { name: 'a' } }, 'x')).toBe(false);
  });

  test('are removed together, the order of the others stays', () => {
    const list = ['x', 'y', 'z'];
    expect(withoutFinalizers(list, 'y', 'nobody')).toEqual(['x', 'z']);
    expect(withoutFinalizers(list, 'x', 'z')).toEqual(['y']);
    expect(withoutFinalizers(list, 'nobody')).toBe(list);
    expect(withoutFinalizers(undefined, 'x')).toEqual([]);
  });
});

describe('owner references', () => {
  test.each([
    { difference: 'version', over: { apiVersion: 'addon.open-cluster-management.io/v1alpha1' }, same: true },
    { difference: 'UID', over: { uid: '9' }, same: true },
    { difference: 'flag', over: { controller: true }, same: true },
    { difference: 'group', over: { apiVersion: 'v1beta1' }, same: false },
    { difference: 'kind', over: { kind: 'B' }, same: false },
    { difference: 'name', over: { name: 'b' }, same: false },
  ])('with another $difference name the same owner: $same', ({ over, same }) => {
    expect(isSameOwner(OWNER, { ...OWNER, ...over })).toBe(same);
  });

  test('of another owner are appended', () => {
    expect(withOwner(undefined, OWNER)).toEqual([OWNER]);
    expect(withOwner([OTHER], OWNER)).toEqual([OTHER, OWNER]);
  });

  test.each([{ apiVersion: 'addon.open-cluster-management.io/v1alpha1' }, { uid: '9' }, { controller: true }])(
    'of the same owner with %j are replaced in place',
    (over) => {
      expect(withOwner([{ ...OWNER, ...over }, OTHER], OWNER)).toEqual([OWNER, OTHER]);
    },
  );

  test('that would not change leave the list as it is', () => {
    const list = [OTHER, { ...OWNER, controller: false }];
    expect(withOwner(list, OWNER)).toBe(list);
    expect(withoutOwner(list, '9')).toBe(list);
  });

  test('are removed by UID', () => {
    expect(withoutOwner([OTHER, OWNER], '1')).toEqual([OTHER]);
    expect(withoutOwner(undefined, '1')).toEqual([]);
  });
});
