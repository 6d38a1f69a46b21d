import { ClusterRole, commonClusterRoles } from '@ocm/api';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

let lab: HubLab;

beforeAll(async () => {
  lab = await startHubLab();
  await lab.startHub();
});
afterAll(async () => lab[Symbol.asyncDispose]());

async function commonRoles(): Promise<readonly (ClusterRole | undefined)[]> {
  const roles = lab.admin.kind(ClusterRole);
  return Promise.all(Object.values(commonClusterRoles).map((name) => roles.find(name, { signal: lab.signal })));
}

test('[registration 27] the common ClusterRoles exist while there is a ManagedCluster, are repaired, and go with the last', async () => {
  expect(await commonRoles()).toEqual([undefined, undefined]);
  const [first, second] = [clusterActor(lab, 'first'), clusterActor(lab, 'second')];
  await first.create();
  await until(async () => (await commonRoles()).every((role) => role !== undefined), { describe: 'the roles exist' });
  const [registration, work] = await commonRoles();
  expect(registration?.rules).toHaveLength(4);
  expect(work?.rules).toHaveLength(3);
  expect(registration?.metadata.labels).toEqual({ 'open-cluster-management.io/cluster-name': '' });

  const roles = lab.admin.kind(ClusterRole);
  await roles.mergePatch(commonClusterRoles.work, { rules: [] }, { signal: lab.signal });
  await roles.delete(commonClusterRoles.registration, { signal: lab.signal });
  await until(async () => (await commonRoles()).map((role) => role?.rules?.length).join() === '4,3', {
    describe: 'the roles are repaired',
  });

  await second.create();
  await first.delete();
  await until(async () => (await first.find()) === undefined, { describe: 'the first cluster is gone' });
  expect((await commonRoles()).every((role) => role !== undefined)).toBe(true);
  await second.delete();
  await until(async () => (await commonRoles()).every((role) => role === undefined), {
    describe: 'the roles are gone',
  });
});
