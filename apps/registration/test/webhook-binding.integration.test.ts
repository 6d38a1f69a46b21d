import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { admissionWebhooks, ManagedClusterSetBinding } from '@ocm/api';
import { refusalOf } from '@ocm/testing';
import { startWebhookLab, type WebhookLab } from './webhook-lab.ts';

const PATH = '/apis/cluster.open-cluster-management.io/v1beta2/namespaces/default/managedclustersetbindings';
const denied = (message: string): string =>
  `admission webhook "${admissionWebhooks.clusterSetBindingValidating.name}" denied the request: ${message}`;
const MISNAMED = {
  code: 400,
  reason: 'BadRequest',
  message: denied('The ManagedClusterSetBinding must have the same name as the target ManagedClusterSet'),
};

let lab: WebhookLab;
beforeAll(async () => {
  lab = await startWebhookLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const aBinding = (name: string, clusterSet = name) => ({
  apiVersion: 'cluster.open-cluster-management.io/v1beta2',
  kind: 'ManagedClusterSetBinding',
  metadata: { name, namespace: 'default' },
  spec: { clusterSet },
});

test('[registration 69] a binding has the name of its set, from the beginning and for ever', async () => {
  const { admin, signal } = lab;
  const create = { method: 'POST', path: PATH, body: aBinding('a', 'b') } as const;
  expect(await refusalOf(admin, create, signal)).toEqual(MISNAMED);
  await admin.kind(ManagedClusterSetBinding).create(aBinding('a'), { signal });
  const patch = { method: 'PATCH', path: `${PATH}/a`, body: { spec: { clusterSet: 'b' } } } as const;
  expect(await refusalOf(admin, patch, signal)).toEqual(MISNAMED);
});

test('[registration 69] creating a binding needs the right to bind the set, updating it does not', async () => {
  const { admin, signal } = lab;
  const dora = await lab.user('dora', {
    apiGroups: ['cluster.open-cluster-management.io'],
    resources: ['managedclustersets/bind'],
    verbs: ['create'],
    resourceNames: ['hers'],
  });
  const bindings = dora.kind(ManagedClusterSetBinding);
  await bindings.create(aBinding('hers'), { signal });
  const create = { method: 'POST', path: PATH, body: aBinding('theirs') } as const;
  expect(await refusalOf(dora, create, signal)).toEqual({
    code: 403,
    reason: 'Forbidden',
    message: denied('user "dora" is not allowed to bind cluster set "theirs"'),
  });
  await admin.kind(ManagedClusterSetBinding).create(aBinding('theirs'), { signal });
  const ref = { namespace: 'default', name: 'theirs' };
  const patched = await bindings.mergePatch(ref, { metadata: { labels: { by: 'dora' } } }, { signal });
  expect(patched.metadata.labels).toEqual({ by: 'dora' });
});
