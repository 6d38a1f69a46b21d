import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  admissionWebhooks,
  ClusterRoleBinding,
  labels,
  ManagedCluster,
  ValidatingWebhookConfiguration,
} from '@ocm/api';
import { refusalOf, until } from '@ocm/testing';
import { startWebhookLab, WEBHOOK_ROLE, type WebhookLab } from './webhook-lab.ts';

const PATH = '/apis/cluster.open-cluster-management.io/v1/managedclusters';
const { clusterValidating } = admissionWebhooks;
const aCluster = (name: string, spec = {}) => ({
  apiVersion: 'cluster.open-cluster-management.io/v1',
  kind: 'ManagedCluster',
  metadata: { name },
  spec,
});

let lab: WebhookLab;
beforeAll(async () => {
  lab = await startWebhookLab({
    before: async (admin, signal) => void (await admin.kind(ManagedCluster).create(aCluster('early'), { signal })),
  });
});
afterAll(async () => lab[Symbol.asyncDispose]());

test('a cluster from before the gate DefaultClusterSet is updated by those who may not join the default set', async () => {
  const { signal } = lab;
  const eve = await lab.user('eve');
  const finalized = await eve
    .kind(ManagedCluster)
    .mergePatch('early', { metadata: { finalizers: ['a.b/c'] } }, { signal });
  expect(finalized.metadata).toMatchObject({ labels: { [labels.clusterSet]: 'default' }, finalizers: ['a.b/c'] });
});

test('what cannot be checked is refused', async () => {
  const { admin, signal } = lab;
  const create = { method: 'POST', path: PATH, body: aCluster('unchecked', { hubAcceptsClient: true }) } as const;
  const binding = admin.kind(ClusterRoleBinding);
  const { metadata, ...rest } = await binding.get(WEBHOOK_ROLE, { signal });
  await binding.delete(WEBHOOK_ROLE, { signal });
  try {
    const refusal = await until(
      async () => {
        const seen = await refusalOf(admin, create, signal);
        return seen.message.includes('unchecked" cannot be read') && seen;
      },
      { describe: 'the webhook has lost its rights' },
    );
    expect(refusal).toMatchObject({ code: 403, message: expect.stringContaining('forbidden') });
  } finally {
    await binding.create({ metadata: { name: metadata.name }, ...rest }, { signal });
  }
});

test('while no webhook answers nothing is written, and nothing is stuck afterwards', async () => {
  const { admin, signal } = lab;
  const configurations = admin.kind(ValidatingWebhookConfiguration);
  const [webhook] = (await configurations.get(clusterValidating.name, { signal })).webhooks ?? [];
  const pointAt = (url: string | undefined) =>
    configurations.mergePatch(
      clusterValidating.name,
      { webhooks: [{ ...webhook, clientConfig: { ...webhook?.clientConfig, url } }] },
      { signal },
    );
  await pointAt('https://127.0.0.1:1/');
  const refusal = await until(
    () =>
      admin
        .kind(ManagedCluster)
        .create(aCluster('lost'), { signal, dryRun: true })
        .then(() => undefined, String),
    { describe: 'the API server asks in vain' },
  );
  expect(refusal).toContain(`failed calling webhook "${clusterValidating.name}"`);
  await pointAt(webhook?.clientConfig.url);
  await until(
    async () => {
      await admin.kind(ManagedCluster).create(aCluster('lost'), { signal });
      return true;
    },
    { describe: 'clusters are created again' },
  );
});
