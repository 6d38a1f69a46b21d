import { afterAll, beforeAll, expect } from '@jest/globals';
import { ConfigMap, Role, RoleBinding } from '@ocm/api';
import { aConfigMap, aRole, aRoleBinding, until } from '@ocm/testing';
import { test } from './driver.ts';
import { type Cluster, type Lab, startLab, untilQuiet } from './lab.ts';

const NAME = 'forty-five';
const RULES = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'update', 'patch', 'get', 'delete'] }];

let lab: Lab;
let cluster: Cluster;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  await cluster.startAgent({ cachesExecutors: true, intervals: { executorRetryMs: 500, applyResyncMs: 500 } });
});
afterAll(() => lab.stop());

const reviews = (): number => lab.spokeProxy.requests({ verb: 'create', resource: 'subjectaccessreviews' }).length;

/** Has the work applied twice more. */
async function passTwice(): Promise<void> {
  for (const pass of ['1', '2', '3']) {
    await cluster.patch(NAME, { metadata: { labels: { pass } } });
    await until(async () => (await cluster.appliedWork(NAME))?.metadata.labels?.['pass'] === pass, {
      describe: `pass ${pass} has begun`,
    });
  }
}

test('[work 45] rights are asked for once; granted later they are picked up, revoked they make Applied False only', async () => {
  const namespace = cluster.objects;
  await cluster.create({ name: NAME, manifests: [aConfigMap({ name: NAME, namespace })], executor: `default/${NAME}` });
  await cluster.untilCondition(NAME, 'Applied', 'False');
  expect(reviews()).toBe(1); // the first verb is denied

  await lab.admin.kind(Role).create(aRole({ name: NAME, namespace, rules: RULES }), lab);
  const subjects = [{ kind: 'ServiceAccount', namespace: 'default', name: NAME } as const];
  const binding = { ...aRoleBinding({ name: NAME, namespace, role: `Role/${NAME}` }), subjects };
  await lab.admin.kind(RoleBinding).create(binding, lab);
  await cluster.untilCondition(NAME, 'Applied', 'True');
  await cluster.untilCondition(NAME, 'Available', 'True');
  const asked = await untilQuiet(reviews);
  await passTwice();
  expect(reviews()).toBe(asked);

  await lab.admin.kind(Role).mergePatch({ namespace, name: NAME }, { rules: [] }, lab);
  await cluster.untilCondition(NAME, 'Applied', 'False');
  await cluster.untilCondition(NAME, 'Available', 'True');
  expect(await cluster.object(ConfigMap, NAME)).toBeDefined();
});
