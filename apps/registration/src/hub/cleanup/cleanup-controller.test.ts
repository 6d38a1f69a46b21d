import {
  type ClusterRole,
  type ClusterRoleBinding,
  finalizers,
  type Kind,
  type KubeObject,
  labels,
  type ManagedCluster,
  ManifestWork,
  type Namespace,
  type ObjectMeta,
  type RoleBinding,
  workRoleBindingName,
} from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { aCluster, aManifestWork, aRoleBinding } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { drive, MemoryKind } from '../../../test/memory-kind.ts';
import { acceptanceController } from '../acceptance/acceptance-controller.ts';
import { cleanupController } from './cleanup-controller.ts';

/** When a MemoryKind deletes what is held. */
const NOW = '2026-02-01T12:00:00Z';
const YESTERDAY = '2026-01-31T12:00:00Z';
/** Ten minutes, and a second less, before now. */
const LONG_AGO = '2026-02-01T11:50:00Z';
const LATELY = '2026-02-01T11:50:01Z';

/** The binding that lets the work agent of c1 at its works. */
const bindingOf = (metadata: Partial<ObjectMeta> = {}): RoleBinding =>
  aRoleBinding({
    namespace: 'c1',
    name: workRoleBindingName('c1'),
    labels: { [labels.clusterName]: 'c1' },
    finalizers: [finalizers.workRoleBinding],
    metadata: { creationTimestamp: YESTERDAY, ...metadata },
  });

/** A hub with one work in the namespace c1, as it is when its controllers start; `accepts`: not that of the clean-up alone. */
function setUp({
  cluster,
  bindings = [],
  accepts = false,
}: {
  readonly cluster?: ManagedCluster;
  readonly bindings?: readonly RoleBinding[];
  readonly accepts?: boolean;
}) {
  const clusters = new MemoryKind<ManagedCluster>();
  const roleBindings = new MemoryKind<RoleBinding>();
  if (cluster !== undefined) clusters.put(cluster);
  for (const each of bindings) roleBindings.put(each);
  const works = new Set<KubeObject>([aManifestWork({ namespace: 'c1' })]);
  const client = {
    kind: ({ plural }: Kind) => ({
      metadata: () => ({
        async *list() {
          yield { items: plural === ManifestWork.plural ? [...works] : [] };
        },
      }),
      delete: async () => works.clear(),
    }),
  };
  const settings = {
    gates: { ResourceCleanup: true },
    cleanupTypes: ['work.open-cluster-management.io/v1/manifestworks'],
    cleanupRecheckMs: 5000,
    worksRecheckMs: 5000,
  };
  const clock = { now: () => new Date(NOW) };
  const permissions = {
    roleBindings,
    clusterRoles: new MemoryKind<ClusterRole>(),
    clusterRoleBindings: new MemoryKind<ClusterRoleBinding>(),
  };
  const context = { client, clusters, settings, clock, log: silentLogger, ...permissions };
  const controllers = [cleanupController(context as never)];
  if (accepts) {
    const rest = {
      namespaces: new MemoryKind<Namespace>(),
      drivers: [],
      works: {
        async *list() {
          yield { items: [...works] };
        },
      },
    };
    controllers.push(acceptanceController({ ...context, ...rest } as never));
  }
  return { works, roleBindings, ...drive(controllers) };
}

describe('after a restart', () => {
  test('[registration 29] the works of a cluster that was removed by force meanwhile go, and then the last permission', async () => {
    const binding = bindingOf();
    const hub = setUp({ bindings: [binding], accepts: true });
    await hub.settle();
    expect(hub.works.size).toBe(0);
    for (const controller of ['GCController', 'ManagedClusterController']) hub.lookAgain(controller, 'c1');
    await hub.settle();
    expect(hub.outcome('GCController', 'c1')).toEqual({ kind: 'done' });
    expect(hub.roleBindings.get(binding.metadata)?.metadata.finalizers ?? []).toEqual([]);
  });

  test('[registration 29] the binding that was being taken back already leads to the works', async () => {
    const hub = setUp({ bindings: [bindingOf({ creationTimestamp: LONG_AGO, deletionTimestamp: NOW })] });
    await hub.settle();
    expect(hub.works.size).toBe(0);
  });

  const going = { deletionTimestamp: NOW };
  test.each([
    { what: 'that nobody takes back', start: { bindings: [bindingOf()] } },
    {
      what: 'that was made lately',
      start: { bindings: [bindingOf({ ...going, creationTimestamp: LATELY })] },
    },
    {
      what: 'whose cluster is there',
      start: { cluster: aCluster({ name: 'c1' }), bindings: [bindingOf(going)] },
    },
    { what: 'of another kind', start: { bindings: [bindingOf({ ...going, name: 'mine' })] } },
    { what: 'in another namespace', start: { bindings: [bindingOf({ ...going, namespace: 'c2' })] } },
  ])('a binding $what leads to nothing', async ({ start }) => {
    const hub = setUp(start);
    await hub.settle();
    expect(hub.works.size).toBe(1);
  });
});

test.each(['found at the start', 'made later'])(
  'a binding out of a backup that comes before its cluster, %s, leads to nothing although it is taken back',
  async (when) => {
    const restored = bindingOf({ creationTimestamp: NOW });
    const hub = setUp({ bindings: when === 'made later' ? [] : [restored], accepts: true });
    if (when === 'made later') hub.roleBindings.put(restored);
    await hub.settle();
    expect(hub.roleBindings.get(restored.metadata)?.metadata.deletionTimestamp).toBe(NOW);
    expect(hub.works.size).toBe(1);
  },
);
