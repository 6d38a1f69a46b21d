import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AppliedManifestWork, appliedWorkName, ConfigMap, ManifestWork, Namespace } from '@ocm/api';
import { aConfigMap, aManifestWork, aNamespace, startSupervisor, type Supervisor, until } from '@ocm/testing';
import { hubHashOf } from '../src/agent.ts';
import { overGrpc } from './driver.ts';
import type { GrpcHub } from './grpc-hub.ts';
import { type Cluster, conditionsOf, type Lab, RECONNECTED, startLab, untilQuiet } from './lab.ts';
import { startWork } from './work-process.ts';

overGrpc();

let lab: Lab;
let hub: GrpcHub;

beforeAll(async () => {
  lab = await startLab();
  if (lab.grpc === undefined) throw new Error('the lab has no gRPC server');
  hub = lab.grpc;
});
afterAll(() => lab.stop());

/** A work with one ConfigMap, both of this name, that is applied and recorded. */
async function deliver(cluster: Cluster, name: string): Promise<void> {
  await cluster.create({ name, manifests: [aConfigMap({ name, namespace: cluster.objects })] });
  await cluster.untilCondition(name, 'Available', 'True');
  await untilRecorded(cluster, name);
}

async function untilRecorded(cluster: Cluster, name: string): Promise<void> {
  await until(async () => (await cluster.appliedWork(name))?.status?.appliedResources?.length === 1, {
    describe: `the object of ${name} is recorded`,
  });
}

const isGone = async (cluster: Cluster, name: string): Promise<boolean> =>
  (await cluster.appliedWork(name)) === undefined && (await cluster.object(ConfigMap, name)) === undefined;

describe('an agent over gRPC', () => {
  test('[cloudevents-grpc 16, 17, 21] a work arrives with its labels at its cluster and at no other; finalizer and status come back', async () => {
    const [cluster, other] = [await lab.newCluster(), await lab.newCluster()];
    await cluster.startAgent();
    await other.startAgent();
    const labels = { team: 'blue' };
    const manifests = [aConfigMap({ name: 'first', namespace: cluster.objects })];
    const { metadata, ...work } = aManifestWork({ name: 'first', namespace: cluster.name, manifests });
    await lab.admin.kind(ManifestWork).create({ ...work, metadata: { ...metadata, labels } }, lab);
    await cluster.untilCondition('first', 'Available', 'True');
    const { metadata: reported, status } = (await cluster.work('first')) ?? {};
    expect(reported?.finalizers).toEqual(['cluster.open-cluster-management.io/manifest-work-cleanup']);
    expect(conditionsOf(status)).toEqual(['Applied=True', 'Available=True']);
    expect((await cluster.appliedWork('first'))?.metadata.labels).toMatchObject(labels);
    await deliver(other, 'second');
    const records = await lab.admin.kind(AppliedManifestWork).find(appliedWorkName(other.hubHash, 'first'), lab);
    expect(records).toBeUndefined();
  });

  test('[cloudevents-grpc 19] a deleted work is cleaned up, and disappears when the agent has said so', async () => {
    const cluster = await lab.newCluster();
    await cluster.startAgent();
    await deliver(cluster, 'done');
    const held = { metadata: { finalizers: ['example.com/held'] } };
    await lab.admin.kind(ConfigMap).mergePatch({ namespace: cluster.objects, name: 'done' }, held, lab);
    await cluster.delete('done');
    await cluster.untilCondition('done', 'Deleting', 'True');
    expect(await cluster.object(ConfigMap, 'done')).toBeDefined();
    const released = { metadata: { finalizers: null } };
    await lab.admin.kind(ConfigMap).mergePatch({ namespace: cluster.objects, name: 'done' }, released, lab);
    await cluster.untilGone('done');
    expect(await cluster.object(ConfigMap, 'done')).toBeUndefined();
  });

  test('a finalizer of somebody else on the hub does not keep the agent from saying that it is done', async () => {
    const cluster = await lab.newCluster();
    const theirs = 'example.com/theirs';
    const manifests = [aConfigMap({ name: 'theirs', namespace: cluster.objects })];
    const { metadata, ...work } = aManifestWork({ name: 'theirs', namespace: cluster.name, manifests });
    await lab.admin.kind(ManifestWork).create({ ...work, metadata: { ...metadata, finalizers: [theirs] } }, lab);
    await cluster.startAgent();
    await cluster.untilCondition('theirs', 'Available', 'True');
    await cluster.delete('theirs');
    await until(async () => (await cluster.work('theirs'))?.metadata.finalizers?.join() === theirs, {
      describe: 'only their finalizer is left',
    });
    expect(await isGone(cluster, 'theirs')).toBe(true);
    await cluster.patch('theirs', { metadata: { finalizers: null } });
    await cluster.untilGone('theirs');
  });

  test('[cloudevents-grpc 37] a bundle that is not allowed is ignored, and the next one arrives', async () => {
    const cluster = await lab.newCluster();
    await cluster.startAgent();
    const { metadata, ...nameless } = aConfigMap({ namespace: cluster.objects });
    const manifest = { ...nameless, metadata: { namespace: metadata.namespace, generateName: 'x-' } };
    await cluster.create({ name: 'nameless', manifests: [manifest as never] });
    await deliver(cluster, 'named');
    expect((await cluster.work('nameless'))?.status).toBeUndefined();
    expect(await cluster.appliedWork('nameless')).toBeUndefined();
  });

  test('[cloudevents-grpc 38] a work that is deleted while its agent is down is cleaned up when it is back', async () => {
    const cluster = await lab.newCluster();
    const agent = await cluster.startAgent();
    await deliver(cluster, 'meanwhile');
    await agent.stop();
    await cluster.delete('meanwhile');
    expect((await cluster.work('meanwhile'))?.metadata.deletionTimestamp).toBeDefined();
    await cluster.startAgent();
    await cluster.untilGone('meanwhile');
    expect(await cluster.object(ConfigMap, 'meanwhile')).toBeUndefined();
  });

  test('[cloudevents-grpc 27, 62] after a restart of the server changes arrive, what is unknown goes, and the rest is left alone', async () => {
    const cluster = await lab.newCluster();
    const namespace = cluster.objects;
    await cluster.startAgent();
    for (const name of ['same', 'changed', 'lost']) await deliver(cluster, name);
    const of = { namespace, name: 'same' };
    const written = await untilQuiet(() => lab.spokeProxy.requests(of).length);
    await hub.stop();
    await cluster.update('changed', {
      manifests: [aConfigMap({ name: 'changed', namespace, data: { key: 'new' } })],
    });
    await cluster.patch('lost', { metadata: { finalizers: null } });
    await cluster.delete('lost');
    await cluster.create({ name: 'new', manifests: [aConfigMap({ name: 'new', namespace })] });
    const before = await cluster.work('same');
    await hub.start();

    await until(async () => (await cluster.object(ConfigMap, 'changed'))?.data?.['key'] === 'new', {
      describe: 'the change has arrived',
      ...RECONNECTED,
    });
    await cluster.untilCondition('new', 'Available', 'True');
    await until(() => isGone(cluster, 'lost'), { describe: 'what the hub does not know is gone', ...RECONNECTED });
    // What was not touched was neither applied nor reported again.
    expect(lab.spokeProxy.requests(of).slice(written)).toEqual([]);
    expect((await cluster.work('same'))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  });

  test('while the server is away nothing is evicted, however short the grace period', async () => {
    const cluster = await lab.newCluster();
    const first = await cluster.startAgent();
    await deliver(cluster, 'kept');
    await first.stop();
    await hub.stop();
    await cluster.startAgent({ intervals: { evictionGraceMs: 1 } });
    await lab.admin.kind(ConfigMap).delete({ namespace: cluster.objects, name: 'kept' }, lab);
    await hub.start();
    await until(() => cluster.object(ConfigMap, 'kept'), { describe: 'the agent works again', ...RECONNECTED });
    expect((await cluster.appliedWork('kept'))?.status?.evictionStartTime).toBeUndefined();
  });
});

describe('the process', () => {
  let supervisor: Supervisor;
  beforeAll(() => {
    supervisor = startSupervisor();
  });
  afterAll(() => supervisor.stop());

  test('runs with the flags of the driver; records bear the hash of the address as configured', async () => {
    const directory = await supervisor.makeDirectory('work-events-');
    for (const name of ['process-1', 'agent']) await lab.admin.kind(Namespace).create(aNamespace({ name }), lab);
    const agent = startWork({ supervisor, directory }, [
      'agent',
      `--kubeconfig=${lab.cp.adminKubeconfigPath}`,
      '--workload-source-driver=grpc',
      `--workload-source-config=${await hub.admit('process-1')}`,
      '--cloudevents-client-id=process-1-work-agent',
      '--spoke-cluster-name=process-1',
      '--namespace=agent',
      '--listen=127.0.0.1:0',
    ]);
    const manifests = [aConfigMap({ name: 'by-process' })];
    await lab.admin.kind(ManifestWork).create(aManifestWork({ name: 'w', namespace: 'process-1', manifests }), lab);
    const record = await until(
      () => lab.admin.kind(AppliedManifestWork).find(appliedWorkName(hubHashOf(hub.url), 'w'), lab),
      { describe: 'the record' },
    );
    expect(record.spec).toMatchObject({ hubHash: hubHashOf(hub.url), manifestWorkName: 'w' });
    await until(
      async () => {
        const work = await lab.admin.kind(ManifestWork).find({ namespace: 'process-1', name: 'w' }, lab);
        return conditionsOf(work?.status).includes('Available=True');
      },
      { describe: 'it is reported' },
    );
    agent.signal('SIGTERM');
    expect(await agent.ended).toBe(0);
  });
});
