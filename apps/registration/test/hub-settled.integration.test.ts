import {
  ClusterRole,
  ClusterRoleBinding,
  type KubeObject,
  labels,
  Lease,
  ManagedCluster,
  Namespace,
  RoleBinding,
} from '@ocm/api';
import { keyOf } from '@ocm/kube';
import { type FaultProxy, startFaultProxy, until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

let lab: HubLab;
let proxy: FaultProxy;

beforeAll(async () => {
  lab = await startHubLab();
  proxy = await startFaultProxy({ controlPlane: lab.controlPlane });
});
afterAll(async () => {
  await proxy.close();
  await lab[Symbol.asyncDispose]();
});

test('a hub that starts over a settled fleet asks for its lists and writes nothing', async () => {
  const accepted = clusterActor(lab, 'accepted');
  const denied = clusterActor(lab, 'denied');
  {
    await using _hub = await lab.startHub();
    await accepted.createAccepted();
    await denied.createAccepted();
    await denied.deny();
    await until(async () => (await denied.condition('HubAcceptedManagedCluster'))?.status === 'False', {
      describe: 'denied',
    });
    for (const c of [accepted, denied]) {
      await until(async () => ((await c.find())?.spec?.taints ?? []).length > 0, { describe: 'tainted' });
    }
  }
  const before = await versions();
  await using _hub = await lab.startHub({ via: { server: proxy.url } });
  // The newcomer is handled after the hub has seen the fleet.
  await clusterActor(lab, 'newcomer').createAccepted();
  const after = await versions();
  expect([...after].filter(([key]) => !key.includes('newcomer'))).toEqual([...before]);
  const reads = proxy.requests({ verb: 'get' }).map(({ path }) => path);
  expect(reads.filter((path) => !path.includes('newcomer'))).toEqual([]);
});

/** Which version every object has that the hub writes. */
async function versions(): Promise<ReadonlyMap<string, string | undefined>> {
  const kinds = [ManagedCluster, Namespace, Lease, ClusterRole, ClusterRoleBinding, RoleBinding];
  const found = new Map<string, string | undefined>();
  for (const kind of kinds) {
    const objects = lab.admin.kind<KubeObject>(kind).metadata();
    const selection = kind === ManagedCluster ? {} : { labelSelector: labels.clusterName };
    for await (const { items } of objects.list({ ...selection, signal: lab.signal })) {
      for (const item of items) found.set(`${kind.kind} ${keyOf(item)}`, item.metadata.resourceVersion);
    }
  }
  return found;
}
