import { aCluster, anAddOn, aCondition } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { judgeAddOn } from './judge-add-on.ts';

const lost = {
  type: 'Available',
  status: 'Unknown',
  reason: 'ManagedClusterLeaseUpdateStopped',
  message: 'Registration agent stopped updating its lease.',
} as const;
const healthy = { type: 'Available', status: 'True' } as const;

test.each([
  { what: 'available', addOn: anAddOn({ conditions: [healthy] }) },
  { what: 'new', addOn: anAddOn() },
  { what: 'unknown for another reason', addOn: anAddOn({ conditions: [{ ...healthy, status: 'Unknown' }] }) },
  { what: 'customized', addOn: anAddOn({ conditions: [healthy], status: { healthCheck: { mode: 'Customized' } } }) },
])('[registration 63] an add-on that is $what takes over that its cluster is Unknown', ({ addOn }) => {
  expect(judgeAddOn(aCluster({ available: 'Unknown' }), addOn)).toEqual(lost);
});

test('[registration 63] it is not said twice', () => {
  expect(judgeAddOn(aCluster({ available: 'Unknown' }), anAddOn({ conditions: [aCondition(lost)] }))).toBeUndefined();
});

test.each(['True', 'False', undefined] as const)('a cluster that is %s says nothing about its add-ons', (available) => {
  expect(judgeAddOn(aCluster({ available }), anAddOn({ conditions: [healthy] }))).toBeUndefined();
});
