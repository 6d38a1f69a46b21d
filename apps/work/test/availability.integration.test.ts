import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap } from '@ocm/api';
import { aConfigMap, until } from '@ocm/testing';
import { type Cluster, type Lab, startLab } from './lab.ts';

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent({ intervals: { statusSyncMs: 60_000, collectMs: 100 } });
});
afterAll(() => lab.stop());

const watches = () => lab.spokeProxy.requests({ verb: 'watch', resource: 'configmaps', namespace });

test('an object that is lost is reported at once, without polling', async () => {
  await cluster.create({ name: 'lost', manifests: [aConfigMap({ name: 'lost', namespace })] });
  await cluster.untilCondition('lost', 'Available', 'True');
  await until(() => watches().length > 0, { describe: 'its namespace is watched' });
  await lab.admin.kind(ConfigMap).delete({ namespace, name: 'lost' }, lab);
  const { message } = await cluster.untilCondition('lost', 'Available', 'False');
  expect(message).toBe('1 of 1 resources are not available');
  expect(await cluster.untilCondition('lost', 'Applied', 'True')).toBeDefined();
});
