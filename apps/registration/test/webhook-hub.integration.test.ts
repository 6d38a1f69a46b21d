import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { annotations, labels, ManagedCluster } from '@ocm/api';
import { until } from '@ocm/testing';
import { type ClusterActor, clusterActor } from './hub-lab.ts';
import { startWebhookLab, type WebhookLab } from './webhook-lab.ts';

let lab: WebhookLab;
beforeAll(async () => {
  lab = await startWebhookLab({
    before: async (admin, signal) => {
      await admin.kind(ManagedCluster).create({ metadata: { name: 'early' }, spec: {} }, { signal });
    },
  });
  await lab.startHub({ gates: { ManagedClusterAutoApproval: true } });
});
afterAll(async () => lab[Symbol.asyncDispose]());

async function settled(cluster: ClusterActor): Promise<ManagedCluster> {
  return until(
    async () => {
      const seen = await cluster.find();
      const isAccepted = (await cluster.condition('HubAcceptedManagedCluster'))?.status === 'True';
      return isAccepted && (seen?.spec?.taints ?? []).length > 0 && seen;
    },
    { describe: `${cluster.name} is accepted and tainted` },
  );
}

test.each(['early', 'new'])('the hub controller gets along with the webhooks: cluster %s', async (name) => {
  const cluster = clusterActor(lab, name);
  if (name === 'new') await cluster.create();
  const { metadata, spec } = await settled(cluster);
  expect(metadata.labels).toEqual({ [labels.clusterSet]: 'default' });
  expect(metadata.annotations).toHaveProperty([annotations.automaticallyAcceptedOn]);
  expect(spec).toMatchObject({
    hubAcceptsClient: true,
    taints: [
      {
        key: 'cluster.open-cluster-management.io/unreachable',
        effect: 'NoSelect',
        timeAdded: expect.stringMatching(/^20.*Z$/),
      },
    ],
  });
  await cluster.delete();
  await until(async () => (await cluster.find()) === undefined, { describe: `${name} is gone` });
});
