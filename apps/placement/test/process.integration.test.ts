import { Lease, Namespace, PlacementDecision } from '@ocm/api';
import { aNamespace, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlacementLab, startPlacementLab, Tenant } from './placement-lab.ts';
import { type PlacementProcess, startPlacementProcess } from './placement-process.ts';

const NAMESPACE = 'open-cluster-management-hub';
let lab: PlacementLab;

beforeAll(async () => {
  lab = await startPlacementLab();
  await lab.admin.kind(Namespace).create(aNamespace({ name: NAMESPACE }), { signal: lab.signal });
});
afterAll(async () => lab[Symbol.asyncDispose]());

function startReplica(pod: string): PlacementProcess {
  const kubeconfig = `--kubeconfig=${lab.controlPlane.adminKubeconfigPath}`;
  const lease = [
    '--leader-election-lease-duration=8s',
    '--leader-election-renew-deadline=6s',
    '--leader-election-retry-period=500ms',
  ];
  const args = ['controller', kubeconfig, `--namespace=${NAMESPACE}`, '--listen=127.0.0.1:0', ...lease];
  return startPlacementProcess(args, { POD_NAME: pod });
}

async function leader(): Promise<string | undefined> {
  const lease = await lab.admin.kind(Lease).find({ namespace: NAMESPACE, name: 'placement-lock' }, lab);
  return lease?.spec?.holderIdentity;
}

describe('placement controller', () => {
  test('[placement 80] a killed leader is replaced by the other replica, and no slice changes', async () => {
    const t = await Tenant.withSet(lab, 'lead');
    await t.addClusters(['c1', 'c2', 'c3']);
    await t.place('p', { numberOfClusters: 2 });
    await using first = startReplica('pod-a');
    await until(async () => (await leader()) === 'pod-a', { describe: 'pod-a leads' });
    await t.decides('p', ['c1', 'c2']);
    await using second = startReplica('pod-b');
    const versions = async (): Promise<unknown> =>
      (await t.listAll(PlacementDecision)).map(({ metadata }) => [metadata.name, metadata.resourceVersion]);
    const before = await versions();
    first.signal('SIGKILL');
    await until(async () => (await leader()) === 'pod-b', { describe: 'pod-b leads' });
    // It is at work when it has decided for a Placement that the first leader never saw.
    await t.place('late');
    await t.decides('late', ['c1', 'c2', 'c3']);
    await t.delete(PlacementDecision, t.ref('late-decision-1'));
    await t.decides('late', ['c1', 'c2', 'c3']);
    const after = (await versions()) as readonly (readonly [string, string])[];
    expect(after.filter(([name]) => name.startsWith('p-'))).toEqual(before);
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await leader()).not.toBe('pod-b');
  });

  test('without a command it prints its help and fails', async () => {
    await using program = startPlacementProcess([]);
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain('controller  Hub:');
  });
});
