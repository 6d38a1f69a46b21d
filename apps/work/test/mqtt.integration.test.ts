import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap, type ManifestWork } from '@ocm/api';
import { mqttTransport, type WorkSourceClient, workSourceClient } from '@ocm/cloudevents';
import { silentLogger, systemClock } from '@ocm/kube';
import { aConfigMap, aManifestWork, type MqttBroker, startMqttBroker, until } from '@ocm/testing';
import { mqttWorkDriver } from '../src/agent/source/mqtt-work-driver.ts';
import { type Cluster, conditionsOf, type Lab, RECONNECTED, startLab } from './lab.ts';

const TOPICS = {
  sourceEvents: 'sources/shop/clusters/+/sourceevents',
  agentEvents: 'sources/shop/clusters/+/agentevents',
  sourceBroadcast: 'sources/+/sourcebroadcast',
  agentBroadcast: 'clusters/+/agentbroadcast',
};

let lab: Lab;
let broker: MqttBroker;
let configFile: string;
let source: WorkSourceClient;
const resources = new AsyncDisposableStack();

beforeAll(async () => {
  lab = await startLab();
  resources.defer(() => lab.stop());
  broker = resources.use(await startMqttBroker());
  configFile = join(lab.cp.directory, 'mqtt.yaml');
  await writeFile(configFile, JSON.stringify({ brokerHost: broker.address, topics: TOPICS }));
  const role = { kind: 'source', sourceId: 'shop' } as const;
  const transport = resources.use(await mqttTransport(configFile, { clientId: 'shop', role }));
  source = workSourceClient({ transport, sourceId: 'shop' });
  const over = new AbortController();
  const running = source.run(over.signal);
  resources.defer(async () => {
    over.abort();
    await running;
  });
  await source.waitForSync(lab.signal);
});
afterAll(() => resources.disposeAsync());

/** A cluster whose agent has its works from the broker. */
async function startCluster(): Promise<Cluster> {
  const cluster = await lab.newCluster();
  const { name: clusterName } = cluster;
  await cluster.startAgent({
    openDriver: () =>
      mqttWorkDriver(configFile, {
        clusterName,
        clientId: clusterName,
        env: {},
        clock: systemClock,
        log: silentLogger,
      }),
  });
  return cluster;
}

const isAvailable = async (cluster: Cluster, name: string, generation: number): Promise<ManifestWork> => {
  const work = await source.works.get({ namespace: cluster.name, name }, lab);
  const { conditions = [] } = work.status ?? {};
  if (conditionsOf({ conditions }).join() !== 'Applied=True,Available=True')
    throw new Error(JSON.stringify(work.status));
  if (conditions.some(({ observedGeneration }) => observedGeneration !== generation))
    throw new Error('not reported yet');
  return work;
};

test('a work of a source that is no Kubernetes client is applied, changed, reported and deleted over a broker', async () => {
  const cluster = await startCluster();
  const namespace = cluster.objects;
  const manifests = [aConfigMap({ name: 'stall', namespace })];
  const created = await source.works.create(aManifestWork({ name: 'stall', namespace: cluster.name, manifests }), lab);
  const { generation = 0 } = created.metadata;
  await until(() => isAvailable(cluster, 'stall', generation), { describe: 'it is reported' });
  const changed = aManifestWork({ manifests: [aConfigMap({ name: 'stall', namespace, data: { key: 'new' } })] });
  const seen = await source.works.get({ namespace: cluster.name, name: 'stall' }, lab);
  const updated = await source.works.patchSpec(seen, changed.spec ?? {}, lab);
  await until(() => isAvailable(cluster, 'stall', updated.metadata.generation ?? 0), {
    describe: 'the change is, too',
  });
  expect((await cluster.object(ConfigMap, 'stall'))?.data).toEqual({ key: 'new' });
  // The hub's API knows nothing of it.
  expect(await cluster.work('stall')).toBeUndefined();

  await source.works.delete({ namespace: cluster.name, name: 'stall' }, lab);
  await until(async () => (await source.works.find({ namespace: cluster.name, name: 'stall' }, lab)) === undefined, {
    describe: 'its end is reported',
  });
  expect(await cluster.object(ConfigMap, 'stall')).toBeUndefined();
  expect(await cluster.appliedWork('stall')).toBeUndefined();
});

test('while the broker is away works stay enforced; when it is back, what has changed arrives and nothing else is applied', async () => {
  const cluster = await startCluster();
  const namespace = cluster.objects;
  const deliver = (name: string) =>
    source.works.create(
      aManifestWork({ name, namespace: cluster.name, manifests: [aConfigMap({ name, namespace })] }),
      lab,
    );
  const { generation = 0 } = (await deliver('kept')).metadata;
  await until(() => isAvailable(cluster, 'kept', generation), { describe: 'it is reported' });
  await broker.kill();
  await lab.admin.kind(ConfigMap).delete({ namespace, name: 'kept' }, lab);
  await until(() => cluster.object(ConfigMap, 'kept'), { describe: 'it is made again' });
  const written = lab.spokeProxy.requests({ namespace, name: 'kept' }).length;
  await broker.start();
  await until(() => source.isConnected, { describe: 'the source is connected', ...RECONNECTED });
  const later = await deliver('later');
  await until(() => isAvailable(cluster, 'later', later.metadata.generation ?? 0), {
    describe: 'the next work is reported',
    ...RECONNECTED,
  });
  const since = lab.spokeProxy.requests({ namespace, name: 'kept' }).slice(written);
  expect(since.filter(({ verb }) => verb !== 'get')).toEqual([]);
});
