import {
  type Kind,
  type KubeObject,
  labels,
  type ManagedCluster,
  ManifestWork,
  type RoleBinding,
  workRoleBindingName,
} from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { aCluster, aManifestWork, aRoleBinding } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { drive, MemoryKind } from '../../../test/memory-kind.ts';
import { cleanupController } from './cleanup-controller.ts';

/** The binding that lets the work agent of c1 at its works. */
const binding = aRoleBinding({
  namespace: 'c1',
  name: workRoleBindingName('c1'),
  labels: { [labels.clusterName]: 'c1' },
});

/** A hub with one work in the namespace c1, as it is when its controller starts. */
function setUp({
  cluster,
  bindings,
}: {
  readonly cluster?: ManagedCluster;
  readonly bindings: readonly RoleBinding[];
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
  };
  const clock = { now: () => new Date('2026-02-01T12:00:00Z') };
  const context = { client, clusters, roleBindings, settings, clock, log: silentLogger };
  return { works, roleBindings, ...drive([cleanupController(context as never)]) };
}

test('[registration 29] after a restart the binding that is left of a cluster removed by force leads to its works', async () => {
  const hub = setUp({ bindings: [binding] });
  await hub.settle();
  expect(hub.works.size).toBe(0);
  expect(hub.outcome('GCController', 'c1')).toEqual({ kind: 'requeue', afterMs: 5000 });
  hub.lookAgain('GCController', 'c1');
  await hub.settle();
  expect(hub.outcome('GCController', 'c1')).toEqual({ kind: 'done' });
});

test.each([
  { what: 'whose cluster is there', start: { cluster: aCluster({ name: 'c1' }), bindings: [binding] } },
  {
    what: 'of another kind',
    start: { bindings: [aRoleBinding({ ...binding.metadata, name: 'mine', labels: binding.metadata.labels })] },
  },
])('a binding $what leads to nothing', async ({ start }) => {
  const hub = setUp(start);
  await hub.settle();
  expect(hub.works.size).toBe(1);
});

test('a binding that comes later, as out of a backup, leads to nothing', async () => {
  const hub = setUp({ bindings: [] });
  hub.roleBindings.put(binding);
  expect(await hub.settle()).toBe(0);
  expect(hub.works.size).toBe(1);
});
