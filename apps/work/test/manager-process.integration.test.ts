import { Lease, leaderElectionLeases, Namespace } from '@ocm/api';
import { aNamespace, startSupervisor, type Supervisor } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ManagerLab, startManagerLab } from './manager-lab.ts';
import { ROLLED_OUT, SUCCEEDED } from './manager-tenant.ts';
import { startWork, type WorkProcess } from './work-process.ts';

const NAMESPACE = 'open-cluster-management-hub';

let lab: ManagerLab;
let supervisor: Supervisor;
let directory: string;

beforeAll(async () => {
  lab = await startManagerLab();
  supervisor = startSupervisor();
  directory = await supervisor.makeDirectory('work-manager-test-');
  await lab.admin.kind(Namespace).create(aNamespace({ name: NAMESPACE }), lab);
});
afterAll(async () => {
  await supervisor.stop();
  await lab[Symbol.asyncDispose]();
});

function startManager(pod: string, ...flags: readonly string[]): WorkProcess {
  return startWork({ supervisor, directory, pod }, [
    'manager',
    `--kubeconfig=${lab.cp.adminKubeconfigPath}`,
    `--namespace=${NAMESPACE}`,
    '--listen=127.0.0.1:0',
    ...flags,
  ]);
}

async function leader(): Promise<string | undefined> {
  const ref = { namespace: NAMESPACE, name: leaderElectionLeases.workManager };
  return (await lab.admin.kind(Lease).find(ref, lab))?.spec?.holderIdentity;
}

const GATES = '--feature-gates=ManifestWorkReplicaSet=true,CleanUpCompletedManifestWork=true';

describe('work manager', () => {
  test('killed in the middle of a rollout, it is replaced by one that takes its lease back at once and goes on', async () => {
    const t = await lab.newTenant(6);
    await t.place([t.clusters]);
    const first = startManager('pod-a', GATES);
    await t.createWith({ type: 'Progressive', progressive: { maxConcurrency: 2 } });
    await t.untilWorksOn(t.first(2));
    expect(await leader()).toBe('pod-a');
    await first.kill();
    // Its agents go on meanwhile.
    await t.report(t.clusters, SUCCEEDED);

    const second = startManager('pod-a', GATES);
    for (const count of [4, 6]) {
      await t.untilWorksOn(t.first(count));
      await t.report(t.clusters, SUCCEEDED);
    }
    await t.untilCondition(ROLLED_OUT, 'True/Complete');

    const other = startManager('pod-b', GATES);
    await other.logged('waiting for the lease');
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await leader()).not.toBe('pod-a');
    expect((await t.works()).length).toBe(6);
    await other.kill();
  });

  test('a gate that is off: nobody looks at that kind, and with none on it says that there is nothing to do', async () => {
    const t = await lab.newTenant(1);
    await t.place([t.clusters]);
    await t.create();
    const manager = startManager('pod-c', '--disable-leader-election');
    await manager.logged('nothing to do: --feature-gates has neither ManifestWorkReplicaSet nor');
    manager.signal('SIGTERM');
    expect(await manager.ended).toBe(0);
    const collector = startManager(
      'pod-d',
      '--disable-leader-election',
      '--feature-gates=CleanUpCompletedManifestWork=true',
      '-v=4',
    );
    await collector.logged('controllers start');
    expect((await t.find())?.metadata.finalizers).toBeUndefined();
    expect(await collector.output()).not.toContain('nothing to do');
    await collector.kill();
  });

  test.each([
    ['a driver that nobody knows', ['--work-driver=kafka'], 'unsupported config type kafka'],
    ['a broker without client', ['--work-driver=mqtt'], 'client id is required for the driver mqtt'],
    [
      'a broker without configuration',
      ['--work-driver=grpc', '--cloudevents-client-id=hub'],
      '--work-driver-config is required for the driver grpc',
    ],
    [
      'a configuration that cannot be used',
      ['--work-driver=grpc', '--cloudevents-client-id=hub', '--work-driver-config=/nowhere/config.yaml'],
      'cannot read /nowhere/config.yaml',
    ],
    [
      'a driver that is not part of it',
      ['--work-driver=pubsub', '--cloudevents-client-id=hub'],
      '--work-driver: pubsub is not part of this program; implement EventTransport',
    ],
    ['a gate that nobody knows', ['--feature-gates=Nonsense=true'], 'unknown feature gate "Nonsense"'],
    [
      'a kubeconfig for works that cannot be read',
      ['--work-driver-config=/nowhere/works'],
      '--work-driver-config: cannot read kubeconfig /nowhere/works',
    ],
  ])('%s ends it with one line', async (_what, flags, message) => {
    const manager = startManager('pod-e', ...flags);
    expect(await manager.ended).toBe(1);
    const lines = (await manager.output()).split('\n').filter((line) => line.startsWith('error: '));
    expect(lines).toEqual([expect.stringContaining(message)]);
  });

  test('works may be on another API server than replica sets', async () => {
    const t = await lab.newTenant(1);
    await t.place([t.clusters]);
    lab.proxy.clearRequests();
    const path = `${directory}/works-kubeconfig`;
    await lab.cp.writeKubeconfig(path, 'admin', { server: lab.proxy.url });
    const manager = startManager('pod-f', GATES, '--disable-leader-election', `--work-driver-config=${path}`);
    await t.create();
    await t.untilWorksOn(t.clusters);
    const resources = new Set(lab.proxy.requests().map(({ resource }) => resource));
    expect([...resources]).toEqual(['manifestworks']);
    manager.signal('SIGTERM');
    expect(await manager.ended).toBe(0);
  });
});
