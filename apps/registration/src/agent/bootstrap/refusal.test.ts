import { expect, test } from '@jest/globals';
import { KubeError } from '@ocm/kube';
import { bootstrapRemedy } from './refusal.ts';

test.each([
  ['unauthorized', /does not know the bootstrap credential \(401\).*replace the bootstrap kubeconfig/],
  ['forbidden', /may not create managedclusters \(403\): grant its user the role open-cluster-management:bootstrap/],
  ['untrusted', /is not signed by the CA in the bootstrap kubeconfig/],
] as const)('what the hub refuses as %s has a remedy', (code, remedy) => {
  expect(bootstrapRemedy(new KubeError('x', { code }), 'create managedclusters')).toMatch(remedy);
});

test('an outage has none: it passes by itself', () => {
  expect(bootstrapRemedy(new KubeError('x', { code: 'unavailable' }), 'get managedclusters')).toBeUndefined();
  expect(bootstrapRemedy(new TypeError('bug'), 'get managedclusters')).toBeUndefined();
});
