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

test('an object that comes and goes is reported at once, without polling', async () => {
  const resourceIdentifier = { resource: 'configmaps', name: '*', namespace: '*' };
  const manifestConfigs = [{ resourceIdentifier, updateStrategy: { type: 'ReadOnly' as const } }];
  const theirs = aConfigMap({ name: 'theirs', namespace });
  await cluster.create({ name: 'theirs', manifests: [theirs], manifestConfigs });
  await cluster.untilCondition('theirs', 'Available', 'False');
  await until(() => watches().length > 0, { describe: 'its namespace is watched' });
  for (const round of [1, 2]) {
    await lab.admin.kind(ConfigMap).create(theirs, lab);
    await cluster.untilCondition('theirs', 'Available', 'True');
    await lab.admin.kind(ConfigMap).delete({ namespace, name: 'theirs' }, lab);
    const { message } = await cluster.untilCondition('theirs', 'Available', 'False');
    expect([round, message]).toEqual([round, '1 of 1 resources are not available']);
  }
  expect(await cluster.untilCondition('theirs', 'Applied', 'True')).toBeDefined();
});

test('what one work makes of an object is reported by every work that lists it, without polling', async () => {
  const resourceIdentifier = { resource: 'configmaps', name: 'shared', namespace };
  const manifestConfigs = [{ resourceIdentifier, updateStrategy: { type: 'ReadOnly' as const } }];
  const shared = aConfigMap({ name: 'shared', namespace });
  await cluster.create({ name: 'reads', manifests: [shared], manifestConfigs });
  await cluster.untilCondition('reads', 'Available', 'False');
  // Somebody else comes and goes first: by then the object is surely watched.
  await lab.admin.kind(ConfigMap).create(shared, lab);
  await cluster.untilCondition('reads', 'Available', 'True');
  await lab.admin.kind(ConfigMap).delete({ namespace, name: 'shared' }, lab);
  await cluster.untilCondition('reads', 'Available', 'False');
  await cluster.create({ name: 'makes', manifests: [shared] });
  await cluster.untilCondition('reads', 'Available', 'True');
});
