import { clusterConditions, findCondition, labels, ManagedCluster, ManagedClusterAddOn, setCondition } from '@ocm/api';
import { anAddOn, until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ClusterActor, clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

const FEATURE = 'feature.open-cluster-management.io/addon-observer';
let lab: HubLab;
const addOns = () => lab.admin.kind(ManagedClusterAddOn);

beforeAll(async () => {
  lab = await startHubLab();
  await lab.startHub();
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** What the agent of a cluster says. */
async function sayAvailable(cluster: ClusterActor): Promise<void> {
  await until(
    async () => {
      const seen = await lab.admin.kind(ManagedCluster).get(cluster.name, { signal: lab.signal });
      const conditions = setCondition(seen.status?.conditions, clusterConditions.available.available, new Date());
      await lab.admin.kind(ManagedCluster).patchStatus(seen, { ...seen.status, conditions }, { signal: lab.signal });
      return true;
    },
    { describe: `${cluster.name} says that it is available` },
  );
}

async function sayAddOn(cluster: string, status: 'True' | 'False'): Promise<void> {
  const ref = { namespace: cluster, name: 'observer' };
  await until(
    async () => {
      const seen = await addOns().get(ref, { signal: lab.signal });
      const said = { type: 'Available', status, reason: 'Test', message: '' };
      const conditions = setCondition(seen.status?.conditions, said, new Date());
      await addOns().patchStatus(seen, { ...seen.status, conditions }, { signal: lab.signal });
      return true;
    },
    { describe: `the add-on says ${status}` },
  );
}

async function untilLabelled(cluster: ClusterActor, value: string | undefined): Promise<void> {
  await until(async () => (await cluster.find())?.metadata.labels?.[FEATURE] === value, {
    describe: `${FEATURE} is ${value}`,
  });
}

test('[registration 63] a cluster is labelled with its add-ons and their health', async () => {
  const cluster = clusterActor(lab, 'labelled');
  await cluster.createAccepted();
  await sayAvailable(cluster);
  await addOns().create(anAddOn({ namespace: 'labelled', name: 'observer' }), { signal: lab.signal });
  await untilLabelled(cluster, 'unreachable');
  await sayAddOn('labelled', 'True');
  await untilLabelled(cluster, 'available');
  await sayAddOn('labelled', 'False');
  await untilLabelled(cluster, 'unhealthy');
  await addOns().delete({ namespace: 'labelled', name: 'observer' }, { signal: lab.signal });
  await untilLabelled(cluster, undefined);
});

test('[registration 63] the add-ons of a cluster that becomes Unknown become Unknown, and keep their other conditions', async () => {
  const cluster = clusterActor(lab, 'lost');
  await cluster.createAccepted();
  const { signal } = lab;
  const ref = { namespace: 'lost', name: 'observer' };
  await addOns().create(anAddOn({ ...ref, labels: { [labels.addOnName]: 'observer' } }), { signal });
  await sayAddOn('lost', 'True');
  const other = { type: 'Degraded', status: 'False', reason: 'Test', message: 'stays' } as const;
  await until(
    async () => {
      const seen = await addOns().get(ref, { signal });
      const conditions = setCondition(seen.status?.conditions, other, new Date());
      const healthCheck = { mode: 'Customized' } as const;
      return addOns().patchStatus(seen, { ...seen.status, healthCheck, conditions }, { signal });
    },
    { describe: 'the add-on says something else, too' },
  );
  await sayAvailable(cluster);
  await untilLabelled(cluster, 'available');
  // From now on the heartbeat that never came is missed.
  const spec = { leaseDurationSeconds: 1 };
  await lab.admin.kind(ManagedCluster).mergePatch('lost', { spec }, { signal });

  await until(async () => (await cluster.condition('ManagedClusterConditionAvailable'))?.status === 'Unknown', {
    describe: 'the cluster is Unknown',
  });
  await until(
    async () => {
      const { status } = await addOns().get(ref, { signal });
      expect(findCondition(status?.conditions, 'Available')).toMatchObject({
        status: 'Unknown',
        reason: 'ManagedClusterLeaseUpdateStopped',
        message: 'Registration agent stopped updating its lease.',
      });
      expect(findCondition(status?.conditions, 'Degraded')).toMatchObject({ status: 'False', message: 'stays' });
      return true;
    },
    { describe: 'the add-on is Unknown' },
  );
  await untilLabelled(cluster, 'unreachable');
});
