import { expect, test } from '@jest/globals';
import { addOnConditions, parseTokenInfrastructureUid, tokenInfrastructureMessage } from './add-on-conditions.ts';

test('the UID in the message of TokenInfrastructureReady can be read back', () => {
  const message = tokenInfrastructureMessage({ namespace: 'c1', name: 'x-agent', uid: '0d3b-5e' });
  expect(message).toBe('ServiceAccount c1/x-agent (UID: 0d3b-5e) is ready');
  expect(parseTokenInfrastructureUid(message)).toBe('0d3b-5e');
});

test.each(['', 'ready', 'ServiceAccount c1/x-agent (UID: ) is ready', 'UID: 0d3b'])('%j holds no UID', (message) => {
  expect(parseTokenInfrastructureUid(message)).toBeUndefined();
});

test('an outcome carries the type of its condition', () => {
  expect(addOnConditions.available.leaseNotFound).toEqual({
    type: 'Available',
    status: 'Unknown',
    reason: 'ManagedClusterAddOnLeaseNotFound',
  });
  expect(addOnConditions.hostingManifestApplied.applied.type).toBe(addOnConditions.hostingManifestApplied.type);
});
