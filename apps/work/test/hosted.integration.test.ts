import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppliedManifestWork, ConfigMap, Lease, leaderElectionLeases, ManifestWork, Namespace } from '@ocm/api';
import { connect, type KubeClient, kubeconfigFile } from '@ocm/kube';
import {
  aConfigMap,
  aManifestWork,
  aNamespace,
  type ControlPlane,
  startControlPlane,
  startSupervisor,
  type Supervisor,
  until,
} from '@ocm/testing';
import { type Lab, startLab } from './lab.ts';
import { startWork } from './work-process.ts';

const NAMESPACE = 'agent';
const CLUSTER = 'cluster1';

/** Hub, and the cluster that the agent runs on. */
let lab: Lab;
let managed: ControlPlane;
let spoke: KubeClient;
let supervisor: Supervisor;
let directory: string;

beforeAll(async () => {
  [lab, managed] = await Promise.all([startLab(), startControlPlane()]);
  supervisor = startSupervisor();
  directory = await supervisor.makeDirectory('work-hosted-');
  spoke = await connect(kubeconfigFile(managed.adminKubeconfigPath), { userAgent: 'test', signal: lab.signal });
  for (const name of [NAMESPACE, CLUSTER]) await lab.admin.kind(Namespace).create(aNamespace({ name }), lab);
});
afterAll(async () => {
  await supervisor.stop();
  await lab.stop();
  await managed.stop();
});

test('hosted: objects and records are on the managed cluster, the lease stays where the agent runs', async () => {
  const agent = startWork({ supervisor, directory, pod: 'pod-a' }, [
    'agent',
    `--kubeconfig=${lab.cp.adminKubeconfigPath}`,
    `--workload-source-config=${lab.cp.adminKubeconfigPath}`,
    `--spoke-kubeconfig=${managed.adminKubeconfigPath}`,
    `--spoke-cluster-name=${CLUSTER}`,
    `--namespace=${NAMESPACE}`,
    '--listen=127.0.0.1:0',
  ]);
  const manifests = [aConfigMap({ name: 'remote' })];
  await lab.admin.kind(ManifestWork).create(aManifestWork({ name: 'remote', namespace: CLUSTER, manifests }), lab);
  const ref = { namespace: 'default', name: 'remote' };
  await until(() => spoke.kind(ConfigMap).find(ref, lab), { describe: 'the object is on the managed cluster' });
  await until(
    async () => {
      const { status } = await lab.admin.kind(ManifestWork).get({ namespace: CLUSTER, name: 'remote' }, lab);
      return status?.conditions?.every((condition) => condition.status === 'True') === true;
    },
    { describe: 'it is reported as applied and available' },
  );
  const records = async (client: KubeClient): Promise<number> => {
    let count = 0;
    for await (const { items } of client.kind(AppliedManifestWork).list(lab)) count += items.length;
    return count;
  };
  expect([await records(spoke), await records(lab.admin)]).toEqual([1, 0]);
  expect(await lab.admin.kind(ConfigMap).find(ref, lab)).toBeUndefined();

  const lease = { namespace: NAMESPACE, name: leaderElectionLeases.workAgent };
  expect((await lab.admin.kind(Lease).find(lease, lab))?.spec?.holderIdentity).toBe('pod-a');
  expect(await spoke.kind(Lease).find(lease, lab)).toBeUndefined();

  await lab.admin.kind(ManifestWork).delete({ namespace: CLUSTER, name: 'remote' }, lab);
  await until(async () => (await spoke.kind(ConfigMap).find(ref, lab)) === undefined, {
    describe: 'the object goes with the work',
  });
  agent.signal('SIGTERM');
  expect(await agent.ended).toBe(0);
});
