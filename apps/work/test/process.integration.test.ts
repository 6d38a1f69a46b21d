import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  AppliedManifestWork,
  ConfigMap,
  type KubeObject,
  Lease,
  leaderElectionLeases,
  ManifestWork,
  Namespace,
  ServiceAccount,
  serviceAccountUser,
} from '@ocm/api';
import {
  aConfigMap,
  aManifestWork,
  aNamespace,
  freePort,
  grantRights,
  startControlPlane,
  startSupervisor,
  type Supervisor,
  until,
} from '@ocm/testing';
import { hubHashOf } from '../src/agent.ts';
import { type Lab, startLab } from './lab.ts';
import { startWork, type WorkProcess } from './work-process.ts';

const NAMESPACE = 'agent';
const CLUSTER = 'cluster1';

let lab: Lab;
let supervisor: Supervisor;
let directory: string;

beforeAll(async () => {
  lab = await startLab();
  supervisor = startSupervisor();
  directory = await supervisor.makeDirectory('work-test-');
  for (const name of [NAMESPACE, CLUSTER]) await lab.admin.kind(Namespace).create(aNamespace({ name }), lab);
});
afterAll(async () => {
  await supervisor.stop();
  await lab.stop();
});

/** An agent for the cluster, by default on the control plane of the lab in both roles. */
function startAgent(pod: string, ...flags: readonly string[]): WorkProcess {
  const path = lab.cp.adminKubeconfigPath;
  return startWork({ supervisor, directory, pod }, [
    'agent',
    `--kubeconfig=${path}`,
    `--workload-source-config=${path}`,
    `--spoke-cluster-name=${CLUSTER}`,
    `--namespace=${NAMESPACE}`,
    '--listen=127.0.0.1:0',
    ...flags,
  ]);
}

async function leaseHolder(): Promise<string | undefined> {
  const ref = { namespace: NAMESPACE, name: leaderElectionLeases.workAgent };
  return (await lab.admin.kind(Lease).find(ref, lab))?.spec?.holderIdentity;
}

/** What the process answers to somebody with this token, or with none. */
function get(port: number, path: string, token?: string): Promise<{ readonly status: number; readonly body: string }> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, rejectUnauthorized: false, headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** A token of somebody who may read metrics and nothing else. */
async function scraperToken(): Promise<string> {
  const account = { namespace: NAMESPACE, name: 'scraper' };
  await lab.admin.kind(ServiceAccount).create({ metadata: account }, lab);
  const rules = [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }];
  await grantRights(lab.admin, { name: 'scraper', to: { user: serviceAccountUser(account) }, rules }, lab.signal);
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/scraper/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const answer = await lab.admin.request({ method: 'POST', path, body, timeoutMs: 10_000, signal: lab.signal });
  const { status } = JSON.parse(answer.body) as { readonly status: { readonly token: string } };
  return status.token;
}

async function deliver(name: string, manifests: readonly KubeObject[] = [aConfigMap({ name })]): Promise<void> {
  await lab.admin.kind(ManifestWork).create(aManifestWork({ name, namespace: CLUSTER, manifests }), lab);
}

const hasObject = async (name: string) =>
  (await lab.admin.kind(ConfigMap).find({ namespace: 'default', name }, lab)) !== undefined;
const isApplied = async (name: string) => {
  const work = await lab.admin.kind(ManifestWork).find({ namespace: CLUSTER, name }, lab);
  return work?.status?.conditions?.some(({ type, status }) => type === 'Applied' && status === 'True') === true;
};

describe('work agent', () => {
  test('a process that is killed is replaced by one that takes its lease back at once and goes on', async () => {
    const first = startAgent('pod-a');
    await deliver('before');
    await until(() => isApplied('before'), { describe: 'a work is applied' });
    expect(await leaseHolder()).toBe('pod-a');
    const many = Array.from({ length: 200 }, (_, index) => aConfigMap({ name: `amid-${index}` }));
    // There is no end before the namespace of the last one is there.
    await deliver('amid', [...many, aConfigMap({ name: 'amid-last', namespace: 'later' })]);
    await until(() => hasObject('amid-20'), { describe: 'it is in the middle of a work' });
    await first.kill();
    expect(await isApplied('amid')).toBe(false);
    await lab.admin.kind(Namespace).create(aNamespace({ name: 'later' }), lab);

    const second = startAgent('pod-a');
    // The lease would have to be waited for up to 137 s otherwise.
    await until(() => isApplied('amid'), { describe: 'the successor finishes the work' });
    expect(await hasObject('amid-199')).toBe(true);
    const name = `${hubHashOf(lab.cp.url)}-amid`;
    const record = await lab.admin.kind(AppliedManifestWork).get(name, lab);
    expect(record.spec).toEqual({
      hubHash: hubHashOf(lab.cp.url),
      agentID: hubHashOf(lab.cp.url),
      manifestWorkName: 'amid',
    });

    const other = startAgent('pod-b');
    await other.logged('waiting for the lease');
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await leaseHolder()).not.toBe('pod-a');
    // Killed, it could leave the lease to nobody.
    other.signal('SIGTERM');
    expect(await other.ended).toBe(0);
  });

  test('it serves health to everybody, and metrics by the names that dashboards know to those who may read them', async () => {
    const port = await freePort();
    const gate = '--feature-gates=ExecutorValidatingCaches=true';
    const agent = startAgent('pod-c', `--listen=127.0.0.1:${port}`, gate);
    await until(async () => (await get(port, '/healthz')).status === 200, { describe: 'it is healthy' });
    const paths = ['/readyz', '/livez', '/metrics'];
    expect(await Promise.all(paths.map(async (path) => (await get(port, path)).status))).toEqual([200, 200, 401]);

    const token = await scraperToken();
    await deliver('measured');
    const text = await until(
      async () => {
        const { body } = await get(port, '/metrics', token);
        return /^work_watched_objects\{resource="configmaps"\} [1-9]/m.test(body) && body;
      },
      { describe: 'an object is watched' },
    );
    const queues = [...text.matchAll(/^workqueue_depth\{name="([^"]+)"\}/gm)].map(([, name]) => name);
    expect(new Set(queues)).toEqual(
      new Set([
        'AppliedManifestWorkFinalizer',
        'AvailableStatusController',
        'ManifestWorkAddFinalizerController',
        'ManifestWorkExecutorCache',
        'ManifestWorkFinalizer',
        'UnManagedAppliedManifestWork',
        'manifestwork-controller',
      ]),
    );
    for (const name of [
      'workqueue_adds_total',
      'workqueue_queue_duration_seconds_bucket',
      'workqueue_work_duration_seconds_bucket',
      'workqueue_retries_total',
      'rest_client_requests_total',
      'process_resident_memory_bytes',
    ]) {
      expect(text).toMatch(new RegExp(`^${name}(\\{| )`, 'm'));
    }
    expect(text).toContain('leader_election_master_status{name="work-agent-lock"} 1');
    expect(text).toMatch(/^agent_build_info\{/m);
    await agent.kill();
  });

  test.each([
    ['a flag that nobody knows', ['--polling'], 'unknown flag --polling'],
    ['too few workers', ['--workload-agent-workers=0'], 'workload-agent-workers must be >= 1, got "0"'],
    ['a driver that nobody knows', ['--workload-source-driver=kafka'], 'unsupported config type kafka'],
    ['a broker without client', ['--workload-source-driver=mqtt'], 'client id is required'],
    [
      'a driver that is not part of it',
      ['--workload-source-driver=pubsub', '--cloudevents-client-id=c'],
      'implement EventTransport of @ocm/cloudevents',
    ],
    [
      'a driver configuration that cannot be read',
      ['--workload-source-driver=grpc', '--cloudevents-client-id=c', '--workload-source-config=/nowhere/config.yaml'],
      '/nowhere/config.yaml',
    ],
    ['a gate that nobody knows', ['--feature-gates=Nonsense=true'], 'unknown feature gate "Nonsense"'],
    ['no cluster name', ['--spoke-cluster-name='], '--spoke-cluster-name is required'],
    [
      'a hub kubeconfig that cannot be read',
      ['--workload-source-config=/nowhere/kubeconfig'],
      '--workload-source-config: cannot read kubeconfig /nowhere/kubeconfig',
    ],
    [
      'a spoke kubeconfig that cannot be read',
      ['--spoke-kubeconfig=/nowhere/spoke'],
      '--spoke-kubeconfig: cannot read kubeconfig /nowhere/spoke',
    ],
    ['a kubeconfig that cannot be read', ['--kubeconfig=/nowhere/own'], 'cannot read kubeconfig /nowhere/own'],
  ])('%s ends it with one line', async (_what, flags, message) => {
    const agent = startAgent('pod-d', ...flags);
    expect(await agent.ended).toBe(1);
    const lines = (await agent.output())
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('error: '));
    expect(lines).toEqual([expect.stringContaining(message)]);
  });

  test('a managed cluster without the CRD is named in the log', async () => {
    await using bare = await startControlPlane({ crds: false });
    const kubeconfig = join(directory, 'bare');
    await bare.writeKubeconfig(kubeconfig, 'admin');
    const agent = startAgent('pod-e', `--spoke-kubeconfig=${kubeconfig}`, '--disable-leader-election');
    await agent.logged('API not served: install the CRD');
    expect(await agent.output()).toContain('appliedmanifestworks.work.open-cluster-management.io');
    agent.signal('SIGTERM');
    expect(await agent.ended).toBe(0);
  });
});
