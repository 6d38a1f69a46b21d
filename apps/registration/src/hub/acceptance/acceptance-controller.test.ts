import {
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoleName,
  findCondition,
  type KubeObject,
  type ManagedCluster,
  type Namespace,
  registrationRoleBindingName,
  type RoleBinding,
  workRoleBindingName,
} from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { aCluster, aManifestWork } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { drive, MemoryKind } from '../../../test/memory-kind.ts';
import type { HubDriver } from '../driver/hub-driver.ts';
import { acceptanceController } from './acceptance-controller.ts';

const CONTROLLER = 'ManagedClusterController';
const FINALIZER = 'cluster.open-cluster-management.io/api-resource-cleanup';
const WORK_BINDING = { namespace: 'c1', name: workRoleBindingName('c1') };

/** The hub's controller with one cluster. */
function setUp(cluster: ManagedCluster, { drivers = [] }: { readonly drivers?: readonly HubDriver[] } = {}) {
  const clusters = new MemoryKind<ManagedCluster>();
  const clusterRoles = new MemoryKind<ClusterRole>();
  const clusterRoleBindings = new MemoryKind<ClusterRoleBinding>();
  const roleBindings = new MemoryKind<RoleBinding>();
  const works: KubeObject[] = [];
  clusters.put(cluster);
  const controller = acceptanceController({
    clusters,
    namespaces: new MemoryKind<Namespace>(),
    clusterRoles,
    clusterRoleBindings,
    roleBindings,
    works: {
      async *list() {
        yield { items: works };
      },
    },
    clock: { now: () => new Date('2026-02-01T12:00:00Z') },
    log: silentLogger,
    drivers,
    settings: {
      gates: { ResourceCleanup: false, ManagedClusterAutoApproval: false },
      extraLabels: {},
      worksRecheckMs: 5000,
    },
  } as never);
  const deletions = (): number => [clusterRoles, clusterRoleBindings, roleBindings].reduce((n, k) => n + k.writes, 0);
  const change = (over: Partial<ManagedCluster['metadata']>): void => {
    const seen = clusters.get('c1') ?? cluster;
    clusters.put({ ...seen, metadata: { ...seen.metadata, ...over } });
  };
  return {
    clusters,
    roleBindings,
    works,
    deletions,
    remove: () => change({ deletionTimestamp: '2026-02-01T12:00:00Z' }),
    permissions: () =>
      [
        clusterRoles.get(clusterRoleName('c1')),
        clusterRoleBindings.get(clusterRoleName('c1')),
        roleBindings.get({ namespace: 'c1', name: registrationRoleBindingName('c1') }),
        roleBindings.get(WORK_BINDING),
      ].filter((object) => object !== undefined).length,
    accepted: () => findCondition(clusters.get('c1')?.status?.conditions, 'HubAcceptedManagedCluster'),
    ...drive([controller]),
  };
}

test('a failure whose words differ each time is written, and waits for its back-off all the same', async () => {
  const hub = setUp(aCluster({ name: 'c1' }));
  let port = 40_000;
  hub.roleBindings.live.create = async () => {
    port += 1;
    throw new Error(`read tcp 10.0.0.5:${port}->10.96.0.9:443: connection reset by peer`);
  };
  await hub.settle();
  expect(hub.outcome(CONTROLLER, 'c1')).toMatchObject({ kind: 'retry' });
  const tried = port;
  hub.lookAgain(CONTROLLER, 'c1');
  expect(await hub.settle()).toBe(1);
  expect(port).toBe(tried + 2);
  expect(hub.accepted()).toMatchObject({ status: 'False', message: expect.stringContaining(`:${port}->`) });
});

/** A driver that notes when it is asked to take something back, and cannot. */
const refusing = (name: string, called: string[]): HubDriver => ({
  name,
  revoke: async () => {
    called.push(name);
    throw new Error(`${name} is refused`);
  },
});

describe('a cluster that is deleted', () => {
  test('loses its permissions also while drivers fail, each of which is asked; the cluster stays until they do not', async () => {
    const called: string[] = [];
    const drivers = [refusing('one', called), refusing('other', called)];
    const hub = setUp(aCluster({ name: 'c1' }), { drivers });
    await hub.settle();
    expect(hub.permissions()).toBe(4);
    hub.remove();
    await hub.settle();
    expect(hub.permissions()).toBe(0);
    expect(new Set(called)).toEqual(new Set(['one', 'other']));
    expect(hub.clusters.get('c1')?.metadata.finalizers).toEqual([FINALIZER]);
    expect(hub.outcome(CONTROLLER, 'c1')).toMatchObject({
      kind: 'retry',
      error: { errors: [{ message: 'one is refused' }, { message: 'other is refused' }] },
    });
    drivers.length = 0;
    hub.lookAgain(CONTROLLER, 'c1');
    await hub.settle();
    expect(hub.clusters.get('c1')?.metadata.finalizers).toEqual([]);
  });

  test('that waits for its works asks for no deletion twice', async () => {
    const hub = setUp(aCluster({ name: 'c1' }));
    await hub.settle();
    hub.works.push(aManifestWork({ namespace: 'c1' }));
    hub.remove();
    await hub.settle();
    expect(hub.permissions()).toBe(1);
    expect(hub.outcome(CONTROLLER, 'c1')).toEqual({ kind: 'requeue', afterMs: 5000 });
    const before = hub.deletions();
    hub.lookAgain(CONTROLLER, 'c1');
    await hub.settle();
    expect(hub.deletions()).toBe(before);
    hub.works.length = 0;
    hub.lookAgain(CONTROLLER, 'c1');
    await hub.settle();
    expect(hub.permissions()).toBe(0);
    expect(hub.clusters.get('c1')?.metadata.finalizers).toEqual([]);
  });
});
