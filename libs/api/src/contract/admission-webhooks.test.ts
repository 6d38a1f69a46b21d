import { expect, test } from '@jest/globals';
import { admissionWebhook, admissionWebhooks } from './admission-webhooks.ts';

test('a webhook fails closed, within 10 s, for creates and updates of its kind in the versions it knows', () => {
  const clientConfig = { url: 'https://127.0.0.1:9443/' };
  expect(admissionWebhook(admissionWebhooks.clusterSetBindingValidating, clientConfig)).toEqual({
    name: 'managedclustersetbindingvalidators.admission.cluster.open-cluster-management.io',
    clientConfig,
    rules: [
      {
        apiGroups: ['cluster.open-cluster-management.io'],
        apiVersions: ['v1beta2'],
        resources: ['managedclustersetbindings'],
        operations: ['CREATE', 'UPDATE'],
      },
    ],
    failurePolicy: 'Fail',
    sideEffects: 'None',
    timeoutSeconds: 10,
    admissionReviewVersions: ['v1beta1', 'v1'],
  });
});
