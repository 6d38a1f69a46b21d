import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap, findCondition, type PolicyRule, Secret } from '@ocm/api';
import { aConfigMap, aSecret, grantRights, until } from '@ocm/testing';
import { type Cluster, conditionsOf, entryOf, type Lab, startLab } from './lab.ts';

const WORK_GROUP = ['work.open-cluster-management.io'];
const RULES: readonly PolicyRule[] = [
  { apiGroups: WORK_GROUP, resources: ['appliedmanifestworks', 'appliedmanifestworks/status'], verbs: ['*'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'update', 'patch', 'delete'] },
];

let lab: Lab;
let cluster: Cluster;

/** An agent that may handle ConfigMaps, but neither list nor watch them, and nothing else. */
beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  await grantRights(lab.admin, { name: 'edge-agent', to: { user: 'edge-agent' }, rules: RULES }, lab.signal);
  await cluster.startAgent({ identity: { user: 'edge-agent' }, intervals: { statusSyncMs: 500, collectMs: 50 } });
});
afterAll(() => lab.stop());

test('a right that is missing is named in the condition of the manifest, and the others are applied', async () => {
  const namespace = cluster.objects;
  const manifests = [aSecret({ name: 'forbidden', namespace }), aConfigMap({ name: 'allowed', namespace })];
  await cluster.create({ name: 'rights', manifests });
  await cluster.untilCondition('rights', 'Applied', 'False');
  await cluster.untilCondition('rights', 'Available', 'Unknown');
  await until(
    async () => {
      const { conditions } = entryOf(await cluster.work('rights'), 1) ?? {};
      expect(conditionsOf({ conditions: conditions ?? [] })).toEqual([
        'Applied=True',
        'Available=True',
        'StatusFeedbackSynced=True',
      ]);
      return true;
    },
    { describe: 'the other manifest is applied' },
  );
  const work = await cluster.work('rights');
  expect(findCondition(entryOf(work, 0)?.conditions, 'Applied')?.message).toContain(
    'User "edge-agent" cannot create resource "secrets"',
  );
  expect(findCondition(entryOf(work, 0)?.conditions, 'Available')?.reason).toBe('FetchingResourceFailed');
  expect(await cluster.object(Secret, 'forbidden')).toBeUndefined();
});

test('objects that may not be watched are polled, and put back when they are gone', async () => {
  const namespace = cluster.objects;
  await cluster.create({ name: 'polled', manifests: [aConfigMap({ name: 'polled', namespace })] });
  await cluster.untilCondition('polled', 'Available', 'True');
  const reads = () => lab.spokeProxy.requests({ verb: 'get', resource: 'configmaps', name: 'polled' }).length;
  await until(() => reads() > 1, { describe: 'it is polled' });
  const before = await cluster.object(ConfigMap, 'polled');
  await lab.admin.kind(ConfigMap).delete({ namespace, name: 'polled' }, lab);
  await until(
    async () => {
      const now = await cluster.object(ConfigMap, 'polled');
      return now !== undefined && now.metadata.uid !== before?.metadata.uid;
    },
    { describe: 'there is another object' },
  );
  expect(lab.spokeProxy.requests({ verb: ['list', 'watch'], resource: 'configmaps' })).toEqual([]);
});
