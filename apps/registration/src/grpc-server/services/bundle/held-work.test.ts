import type { ManifestWorkStatus } from '@ocm/api';
import { unpackSpec } from '@ocm/cloudevents';
import { aCondition, aManifestWork } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { digestStatus, holdWork } from './held-work.ts';

const STATUS: ManifestWorkStatus = { conditions: [aCondition({ type: 'Applied', status: 'True' })] };

test.each<{ readonly what: string; readonly one: unknown; readonly other: unknown; readonly isSame: boolean }>([
  { what: 'the order of keys', one: { a: 1, b: { c: 2, d: 3 } }, other: { b: { d: 3, c: 2 }, a: 1 }, isSame: true },
  { what: 'what is null or empty', one: { a: 1, b: null, c: [], d: { e: {} } }, other: { a: 1 }, isSame: true },
  { what: 'nothing at all', one: undefined, other: {}, isSame: true },
  { what: 'a value', one: { a: 1 }, other: { a: 2 }, isSame: false },
  { what: 'the order of a list', one: [1, 2], other: [2, 1], isSame: false },
  { what: 'the place of an empty item', one: [1, {}], other: [{}, 1], isSame: false },
  { what: 'a number and its text', one: { a: 1 }, other: { a: '1' }, isSame: false },
])('two statuses that differ in $what are the same: $isSame', ({ one, other, isSame }) => {
  expect(digestStatus(one as ManifestWorkStatus) === digestStatus(other as ManifestWorkStatus)).toBe(isSame);
});

test('the content of a work is held as it goes over the wire', () => {
  const held = holdWork(aManifestWork(), { keepStatus: false });
  expect(held).not.toHaveProperty('spec');
  expect(unpackSpec(held)).toEqual(aManifestWork().spec);
});

test('of a status only its digest is held, unless sources want to know it', () => {
  const work = { ...aManifestWork(), status: STATUS };
  expect(holdWork(work, { keepStatus: false })).not.toHaveProperty('status');
  expect(holdWork(work, { keepStatus: true })).toMatchObject({ status: STATUS, statusDigest: digestStatus(STATUS) });
});

test('what kubectl apply left behind is not held, other annotations are', () => {
  const annotations = { mine: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{"a":1}' };
  const { metadata } = holdWork(aManifestWork({ annotations }), { keepStatus: false });
  expect(metadata.annotations).toEqual({ mine: 'x' });
});
