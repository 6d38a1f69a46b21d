import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findCondition, type KubeObject } from '@ocm/api';
import { aConfigMap, aService, until } from '@ocm/testing';
import { Job } from './kinds.ts';
import { type Cluster, entryOf, type Lab, startLab } from './lab.ts';

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  // What is said of an object that was made anew is said for two of these.
  await cluster.startAgent({ intervals: { applyResyncMs: 4000 } });
});
afterAll(() => lab.stop());

const job = (name: string, spec: object = {}): KubeObject => {
  const containers = [{ name: 'main', image: 'example.com/job:1' }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: { template, ...spec },
  } as KubeObject;
};
const untilMessage = (work: string, message: RegExp): Promise<unknown> =>
  until(
    async () => {
      const { conditions } = entryOf(await cluster.work(work), 0) ?? {};
      expect(findCondition(conditions, 'Applied')?.message ?? '').toMatch(message);
      return true;
    },
    { describe: `${work} tells what to do` },
  );

test('the template of a Job cannot be changed, and the message says which strategies can live with that', async () => {
  await cluster.create({ name: 'job', manifests: [job('fixed')] });
  await until(() => cluster.object(Job, 'fixed'), { describe: 'it is there' });
  await cluster.update('job', { manifests: [job('fixed', { backoffLimit: 1 })] });
  await untilMessage(
    'job',
    /field is immutable.*: the field cannot be changed once the object exists;.*ServerSideApply/s,
  );
});

test('the address of a Service cannot be changed, and the message says so', async () => {
  const service = aService({ name: 'fixed', namespace });
  const withAddress = (clusterIP: string) => ({ ...service, spec: { ...service.spec, clusterIP } }) as KubeObject;
  await cluster.create({ name: 'service', manifests: [withAddress('None')] });
  await cluster.untilCondition('service', 'Applied', 'True');
  await cluster.update('service', { manifests: [withAddress('10.0.0.77')] });
  await untilMessage('service', /clusterIP.*: the field cannot be changed once the object exists/s);
});

test('a namespace that is missing is to be listed', async () => {
  await cluster.create({ name: 'nowhere', manifests: [aConfigMap({ name: 'x', namespace: 'nowhere' })] });
  await untilMessage('nowhere', /namespaces "nowhere" not found: list the namespace in this work/);
});

test('a Job that its own time limit has removed is explained', async () => {
  await cluster.create({ name: 'ttl', manifests: [job('short', { ttlSecondsAfterFinished: 1, suspend: true })] });
  const first = await until(() => cluster.object(Job, 'short'), { describe: 'it is there' });
  await until(async () => (await cluster.appliedWork('ttl'))?.status?.appliedResources?.length === 1, {
    describe: 'it is recorded',
  });
  await lab.admin.kind(Job).delete({ namespace, name: 'short' }, { ...lab, propagation: 'Background' });
  await until(
    async () => {
      const again = await cluster.object(Job, 'short');
      return again !== undefined && again.metadata.uid !== first.metadata.uid;
    },
    { describe: 'it is made anew' },
  );
  await untilMessage('ttl', /complete: the Job was made anew, because its own ttlSecondsAfterFinished has removed it/);
});
