import { expect, test } from '@jest/globals';
import { anAddOn } from '@ocm/testing';
import { installLocation } from './install-location.ts';

const IN_ANNOTATION = { 'addon.open-cluster-management.io/v1alpha1-install-namespace': 'annotated' };

test.each([
  { what: 'nothing', addOn: anAddOn(), want: 'open-cluster-management-agent-addon' },
  { what: 'the annotation', addOn: anAddOn({ annotations: IN_ANNOTATION }), want: 'annotated' },
  { what: 'the status', addOn: anAddOn({ annotations: IN_ANNOTATION, status: { namespace: 'told' } }), want: 'told' },
])('[registration 57] the install namespace by $what is $want', ({ addOn, want }) => {
  expect(installLocation(addOn)).toEqual({ namespace: want, hostingCluster: undefined });
});

test.each([
  { value: 'host1', want: 'host1' },
  { value: '', want: undefined },
])('[registration 62] a hosting cluster "$value" is $want', ({ value, want }) => {
  const annotations = { 'addon.open-cluster-management.io/hosting-cluster-name': value };
  expect(installLocation(anAddOn({ annotations })).hostingCluster).toBe(want);
});
