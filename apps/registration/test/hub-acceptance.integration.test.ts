import {
  ClusterRole,
  ClusterRoleBinding,
  clusterRoleName,
  commonClusterRoles,
  ManagedCluster,
  Namespace,
  RoleBinding,
} from '@ocm/api';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClusterActor, clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

const HUB_ACCEPTED = 'HubAcceptedManagedCluster';
const CLUSTER_LABEL = 'open-cluster-management.io/cluster-name';
const FINALIZERS = ['api-resource-cleanup', 'resource-cleanup'].map(
  (name) => `cluster.open-cluster-management.io/${name}`,
);

let lab: HubLab;
const cluster = (name: string): ClusterActor => clusterActor(lab, name);

beforeAll(async () => {
  lab = await startHubLab({ controllerManager: true });
  await lab.startHub({ extraLabels: { team: 'blue' }, worksRecheckMs: 50 });
});
afterAll(async () => lab[Symbol.asyncDispose]());

const viewRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' } as const;

const groupsOf = (name: string): object[] => [
  { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: `system:open-cluster-management:${name}` },
  { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: `open-cluster-management:${name}` },
];

describe('acceptance', () => {
  test('[registration 24] an accepted cluster has its namespace, finalizer, permissions and condition, all labelled', async () => {
    const c = cluster('accepted');
    await c.create();
    await c.accept();
    await until(async () => (await c.condition(HUB_ACCEPTED))?.status === 'True', { describe: 'accepted' });
    const labels = { [CLUSTER_LABEL]: 'accepted', team: 'blue' };
    const { role, binding, registration, work } = await c.permissions();
    expect(role).toMatchObject({ metadata: { labels } });
    expect(role?.rules).toHaveLength(4);
    expect(binding).toMatchObject({ metadata: { labels }, subjects: groupsOf('accepted') });
    expect(registration).toMatchObject({ metadata: { labels }, subjects: groupsOf('accepted') });
    expect(work).toMatchObject({ metadata: { labels }, subjects: groupsOf('accepted') });
    expect(work?.metadata.finalizers).toEqual(['cluster.open-cluster-management.io/manifest-work-cleanup']);
    const namespace = await lab.admin.kind(Namespace).get('accepted', { signal: lab.signal });
    expect(namespace.metadata.labels).toMatchObject(labels);
    expect((await c.find())?.metadata.finalizers).toEqual(FINALIZERS);
    expect(await c.condition(HUB_ACCEPTED)).toMatchObject({
      reason: 'HubClusterAdminAccepted',
      message: 'Accepted by hub cluster admin',
    });
  });

  test('a namespace that is there already is completed and keeps its own labels', async () => {
    const c = cluster('own-namespace');
    const metadata = { name: 'own-namespace', labels: { mine: 'yes' } };
    await lab.admin.kind(Namespace).create({ metadata }, { signal: lab.signal });
    await c.createAccepted();
    const namespace = await lab.admin.kind(Namespace).get('own-namespace', { signal: lab.signal });
    expect(namespace.metadata.labels).toMatchObject({ mine: 'yes', team: 'blue', [CLUSTER_LABEL]: 'own-namespace' });
  });

  test('[registration 25] every permission object of an accepted cluster is restored when it is deleted', async () => {
    const c = cluster('deleted-rbac');
    await c.createAccepted();
    const before = await c.permissions();
    const { signal } = lab;
    const rbac = clusterRoleName(c.name);
    await lab.admin.kind(ClusterRole).delete(rbac, { signal });
    await lab.admin.kind(ClusterRoleBinding).delete(rbac, { signal });
    for (const name of [`${rbac}:registration`, `${rbac}:work`]) {
      await lab.admin.kind(RoleBinding).delete({ namespace: c.name, name }, { signal });
    }
    await until(
      async () => {
        const after = await c.permissions();
        for (const part of ['role', 'binding', 'registration', 'work'] as const) {
          expect(after[part]?.metadata.uid).toEqual(expect.any(String));
          expect(after[part]?.metadata.uid).not.toBe(before[part]?.metadata.uid);
          expect(after[part]?.metadata.deletionTimestamp).toBeUndefined();
        }
        return true;
      },
      { describe: 'all four objects are made anew' },
    );
  });

  test('[registration 25] every permission object of an accepted cluster is restored when it is edited', async () => {
    const c = cluster('edited-rbac');
    await c.createAccepted();
    const { signal } = lab;
    const rbac = clusterRoleName(c.name);
    await lab.admin.kind(ClusterRole).mergePatch(rbac, { rules: [] }, { signal });
    await lab.admin.kind(ClusterRoleBinding).mergePatch(rbac, { subjects: [] }, { signal });
    for (const name of [`${rbac}:registration`, `${rbac}:work`]) {
      const ref = { namespace: c.name, name };
      await lab.admin.kind(RoleBinding).mergePatch(ref, { metadata: { labels: { team: 'red' } } }, { signal });
    }
    await until(
      async () => {
        const { role, binding, registration, work } = await c.permissions();
        expect(role?.rules).toHaveLength(4);
        expect(binding?.subjects).toEqual(groupsOf(c.name));
        expect([registration, work].map((each) => each?.metadata.labels?.['team'])).toEqual(['blue', 'blue']);
        return true;
      },
      { describe: 'all four objects are put right' },
    );
  });

  test('[registration 25] a binding to another role is replaced', async () => {
    const c = cluster('other-role');
    const { signal } = lab;
    await lab.admin.kind(Namespace).create({ metadata: { name: c.name } }, { signal });
    const name = `${clusterRoleName(c.name)}:registration`;
    const wrong = { ...viewRef, name: commonClusterRoles.work };
    const metadata = { namespace: c.name, name, labels: { [CLUSTER_LABEL]: c.name } };
    await lab.admin.kind(RoleBinding).create({ metadata, roleRef: wrong, subjects: [] }, { signal });
    await c.createAccepted();
    expect((await c.permissions()).registration).toMatchObject({
      roleRef: { name: commonClusterRoles.registration },
      subjects: groupsOf(c.name),
    });
  });

  test('a namespace that terminates makes the condition say so, and is made again', async () => {
    const c = cluster('lost-namespace');
    await c.createAccepted();
    const { signal } = lab;
    const namespaces = lab.admin.kind(Namespace);
    const before = await namespaces.get(c.name, { signal });
    await namespaces.delete(c.name, { signal });
    await until(
      async () => {
        const after = await namespaces.get(c.name, { signal });
        expect(after.metadata.uid).not.toBe(before.metadata.uid);
        const { registration, work } = await c.permissions();
        expect([registration, work]).not.toContain(undefined);
        expect((await c.condition(HUB_ACCEPTED))?.status).toBe('True');
        return true;
      },
      { describe: 'namespace and role bindings are back', deadlineMs: 30_000 },
    );
  });

  test('a permission that the hub cannot write makes the condition False with the reason, and the others are written', async () => {
    const c = cluster('blocked');
    const { signal } = lab;
    // The name is taken by an object that cannot go away.
    const name = `${clusterRoleName(c.name)}:registration`;
    await lab.admin.kind(Namespace).create({ metadata: { name: c.name } }, { signal });
    const metadata = { namespace: c.name, name, finalizers: ['example.com/hold'] };
    await lab.admin.kind(RoleBinding).create({ metadata, roleRef: viewRef, subjects: [] }, { signal });
    await c.create({ hubAcceptsClient: true });
    await until(async () => (await c.condition(HUB_ACCEPTED))?.status === 'False', { describe: 'acceptance failed' });
    expect(await c.condition(HUB_ACCEPTED)).toMatchObject({ reason: 'Error', message: expect.stringContaining(name) });
    const { role, binding, work } = await c.permissions();
    expect([role, binding, work]).not.toContain(undefined);
    const held = { namespace: c.name, name };
    await lab.admin.kind(RoleBinding).mergePatch(held, { metadata: { finalizers: null } }, { signal });
    await until(async () => (await c.condition(HUB_ACCEPTED))?.status === 'True', { describe: 'accepted after all' });
  });
});

describe('denial', () => {
  test('[registration 26] takes everything but the look at the own cluster, and the work binding after the last work', async () => {
    const c = cluster('denied');
    await c.createAccepted();
    await c.addWork('w1');
    await c.deny();
    await until(
      async () => {
        const { role, binding, registration, work } = await c.permissions();
        expect(role?.rules).toHaveLength(1);
        expect(binding?.subjects).toEqual(groupsOf('denied'));
        expect(registration).toBeUndefined();
        expect(work?.metadata.deletionTimestamp).toEqual(expect.any(String));
        return true;
      },
      { describe: 'permissions are reduced' },
    );
    expect((await c.condition(HUB_ACCEPTED))?.status).toBe('True');
    await c.finishWork('w1');
    await until(async () => (await c.condition(HUB_ACCEPTED))?.status === 'False', { describe: 'denied' });
    expect(await c.condition(HUB_ACCEPTED)).toMatchObject({
      reason: 'HubClusterAdminDenied',
      message: 'Denied by hub cluster admin',
    });
    const { role, binding, work } = await c.permissions();
    expect(work).toBeUndefined();
    expect([role?.rules?.length, binding?.metadata.name]).toEqual([1, clusterRoleName('denied')]);
    expect((await c.find())?.metadata.finalizers).toEqual(FINALIZERS);
    await lab.admin.kind(Namespace).get('denied', { signal: lab.signal });
  });

  test('a cluster accepted again while its work binding waits keeps its works and gets a binding that stays', async () => {
    const c = cluster('back-again');
    await c.createAccepted();
    await c.addWork('w1');
    await c.deny();
    await until(async () => (await c.permissions()).work?.metadata.deletionTimestamp !== undefined, {
      describe: 'the work binding is terminating',
    });
    await c.accept();
    await until(
      async () => {
        const { role, registration, work } = await c.permissions();
        expect(role?.rules).toHaveLength(4);
        expect(registration).toBeDefined();
        expect(work?.metadata.deletionTimestamp).toBeUndefined();
        expect(work?.metadata.finalizers).toHaveLength(1);
        expect((await c.condition(HUB_ACCEPTED))?.status).toBe('True');
        return true;
      },
      { describe: 'all permissions are back' },
    );
  });

  test('permissions of an acceptance that never became complete go when the cluster is un-accepted', async () => {
    const c = cluster('half-way');
    const { signal } = lab;
    const name = `${clusterRoleName(c.name)}:registration`;
    await lab.admin.kind(Namespace).create({ metadata: { name: c.name } }, { signal });
    const metadata = { namespace: c.name, name, finalizers: ['example.com/hold'] };
    await lab.admin.kind(RoleBinding).create({ metadata, roleRef: viewRef, subjects: [] }, { signal });
    await c.create({ hubAcceptsClient: true });
    await until(async () => (await c.condition(HUB_ACCEPTED))?.reason === 'Error', { describe: 'acceptance failed' });
    await c.deny();
    await until(async () => (await c.permissions()).role?.rules?.length === 1, { describe: 'the role is reduced' });
    await until(async () => (await c.permissions()).work === undefined, { describe: 'the work binding is gone' });
    await lab.admin
      .kind(RoleBinding)
      .mergePatch({ namespace: c.name, name }, { metadata: { finalizers: null } }, { signal });
  });
});

describe('deletion', () => {
  test('[registration 30] a deleted cluster goes with its permissions, its namespace remains', async () => {
    const c = cluster('deleted');
    await c.createAccepted();
    await c.delete();
    await until(async () => (await c.find()) === undefined, { describe: 'the cluster is gone' });
    expect(Object.values(await c.permissions())).toEqual([undefined, undefined, undefined, undefined]);
    const namespace = await lab.admin.kind(Namespace).get('deleted', { signal: lab.signal });
    expect(namespace.metadata.deletionTimestamp).toBeUndefined();
  });

  test('a deleted cluster with a work keeps only the work binding until the work is gone', async () => {
    const c = cluster('deleted-with-work');
    await c.createAccepted();
    await c.addWork('w1');
    await c.delete();
    await until(
      async () => {
        const { role, binding, registration, work } = await c.permissions();
        expect([role, binding, registration]).toEqual([undefined, undefined, undefined]);
        expect(work).toBeDefined();
        return true;
      },
      { describe: 'all but the work binding is gone' },
    );
    expect(await c.find()).toBeDefined();
    await c.finishWork('w1');
    await until(async () => (await c.find()) === undefined, { describe: 'the cluster is gone' });
    expect((await c.permissions()).work).toBeUndefined();
  });

  test('[registration 31] a cluster that was never accepted goes at once and leaves no trace', async () => {
    const c = cluster('never-accepted');
    await c.create();
    await until(async () => ((await c.find())?.spec?.taints ?? []).length > 0, { describe: 'the hub has seen it' });
    await c.delete();
    await until(async () => (await c.find()) === undefined, { describe: 'it is gone' });
    expect(Object.values(await c.permissions())).toEqual([undefined, undefined, undefined, undefined]);
    expect(await lab.admin.kind(Namespace).find('never-accepted', { signal: lab.signal })).toBeUndefined();
  });

  test('a cluster that is removed by force loses its permissions all the same, the work binding after the last work', async () => {
    const c = cluster('forced');
    await c.createAccepted();
    await c.addWork('w1');
    await lab.admin
      .kind(ManagedCluster)
      .mergePatch('forced', { metadata: { finalizers: null } }, { signal: lab.signal });
    await c.delete();
    await until(
      async () => {
        const { role, binding, registration, work } = await c.permissions();
        expect([role, binding, registration]).toEqual([undefined, undefined, undefined]);
        expect(work).toBeDefined();
        return true;
      },
      { describe: 'all but the work binding is gone' },
    );
    await c.finishWork('w1');
    await until(async () => (await c.permissions()).work === undefined, { describe: 'the work binding is gone' });
  });
});
