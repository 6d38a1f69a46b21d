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

test('a watch that nobody needs any more is closed, and opened again when somebody does', async () => {
  const other = await lab.newCluster();
  await other.startAgent({ intervals: { collectMs: 50 } });
  const opened = () =>
    lab.spokeProxy.requests({ verb: 'list', resource: 'configmaps', namespace: other.objects }).length;
  for (const round of [1, 2]) {
    await other.create({ name: 'short', manifests: [aConfigMap({ name: 'short', namespace: other.objects })] });
    await until(() => opened() === round, { describe: 'the namespace is watched' });
    await other.delete('short');
    await other.untilGone('short');
  }
});
