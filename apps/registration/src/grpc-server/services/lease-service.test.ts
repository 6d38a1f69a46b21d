import { aLease } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { renewed } from './lease-service.ts';

const { metadata, ...rest } = aLease({ namespace: 'cluster1' });
const stored = { ...rest, metadata: { ...metadata, uid: 'u1' } };

test('[cloudevents-grpc 49] a renewal is of the lease that is there, and of no other', () => {
  expect(renewed(stored, aLease({ namespace: 'cluster1' })).metadata.uid).toBe('u1');
  const other = { ...rest, metadata: { ...metadata, uid: 'u2' } };
  expect(renewed(stored, other).metadata.uid).toBe('u2');
});
