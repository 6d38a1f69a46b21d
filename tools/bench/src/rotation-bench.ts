import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CertificateSigningRequest, ManagedCluster, Namespace, Secret } from '@ocm/api';
import { connect, informer, isKubeError, type KubeClient, kubeconfigFile } from '@ocm/kube';
import { type CertificateAuthority, issueCertificate, parseCertificateRequest } from '@ocm/pki';
import { type ControlPlane, startControlPlane, startSupervisor, until } from '@ocm/testing';
import { startController, startRegistration } from './registration-process.ts';
import type { Figure } from './report.ts';

const CLUSTER = 'rotating';
const AGENT_NAMESPACE = 'open-cluster-management-agent';
const SECRET = { namespace: AGENT_NAMESPACE, name: 'hub-kubeconfig-secret' };
const LIFETIME_MS = 60_000;
const ROTATIONS = 20;
const STEP_MS = 90_000;
const suite = 'rotation';

/** An agent whose certificates live for a minute: is any of its requests rejected while they rotate, and is each key a new one? */
export async function benchRotation(say: (text: string) => void): Promise<readonly Figure[]> {
  // Without kube-controller-manager, which would sign and date back by five minutes: the bench is the signer.
  await using plane = await startControlPlane({ audit: true });
  await using stack = new AsyncDisposableStack();
  const supervisor = startSupervisor();
  stack.defer(() => supervisor.stop());
  const directory = await supervisor.makeDirectory('ocm-bench-');
  const stop = new AbortController();
  const { signal } = stop;
  const admin = stack.use(await connect(kubeconfigFile(plane.adminKubeconfigPath), { userAgent: 'bench', signal }));
  const signing = signRequests(admin, plane.ca, signal);
  stack.defer(async () => {
    stop.abort();
    await signing;
  });
  await startController(supervisor, { name: 'controller', directory, kubeconfig: plane.adminKubeconfigPath });
  await startAgent(plane, admin, { supervisor, directory, signal });
  await until(() => accept(admin, signal), { describe: 'the cluster is accepted', deadlineMs: STEP_MS });
  const keys = new Set<string>();
  let slowestMs = 0;
  for (let rotation = 0; rotation <= ROTATIONS; rotation += 1) {
    const beginMs = performance.now();
    await until(async () => keys.size < keys.add(await privateKey(admin, keys, signal)).size, {
      describe: `key ${rotation + 1} is in the secret`,
      deadlineMs: STEP_MS,
      signal,
    });
    if (rotation > 0) slowestMs = Math.max(slowestMs, performance.now() - beginMs);
    if (rotation % 5 === 0) say(`${rotation} of ${ROTATIONS} rotations`);
  }
  const audit = (await plane.readAudit()).filter(({ userAgent }) => userAgent.startsWith('registration-agent'));
  const asAgent = audit.filter(({ user }) => user.startsWith(`system:open-cluster-management:${CLUSTER}:`));
  return [
    {
      suite,
      name: `different keys in ${ROTATIONS} rotations of a ${LIFETIME_MS / 1000} s certificate`,
      value: keys.size,
      unit: '',
      goal: String(ROTATIONS + 1),
    },
    { suite, name: 'longest time between two rotations', value: slowestMs / 1000, unit: 's', goal: '< 60' },
    { suite, name: 'requests of the agent', value: asAgent.length, unit: '' },
    {
      suite,
      name: 'requests of the agent that were rejected (401)',
      value: audit.filter(({ code }) => code === 401).length,
      unit: '',
      goal: '0',
    },
  ];
}

/** The key in the secret; '' (which is counted once, before the first) while there is none. */
async function privateKey(admin: KubeClient, keys: ReadonlySet<string>, signal: AbortSignal): Promise<string> {
  const secret = await admin.kind(Secret).find(SECRET, { signal });
  return secret?.data?.['tls.key'] ?? [...keys][0] ?? '';
}

async function accept(admin: KubeClient, signal: AbortSignal): Promise<boolean> {
  const cluster = await admin.kind(ManagedCluster).find(CLUSTER, { signal });
  if (cluster === undefined) return false;
  await admin.kind(ManagedCluster).mergePatch(CLUSTER, { spec: { hubAcceptsClient: true } }, { signal });
  return true;
}

async function startAgent(
  plane: ControlPlane,
  admin: KubeClient,
  {
    supervisor,
    directory,
    signal,
  }: { supervisor: ReturnType<typeof startSupervisor>; directory: string; signal: AbortSignal },
): Promise<void> {
  const bootstrap = await plane.kubeconfig('admin');
  const path = join(directory, 'bootstrap');
  await writeFile(path, bootstrap);
  await admin.kind(Namespace).create({ metadata: { name: AGENT_NAMESPACE } }, { signal });
  const metadata = { namespace: AGENT_NAMESPACE, name: 'bootstrap-hub-kubeconfig' };
  await admin.kind(Secret).create({ metadata, stringData: { kubeconfig: bootstrap } }, { signal });
  const args = [
    'agent',
    `--kubeconfig=${plane.adminKubeconfigPath}`,
    `--namespace=${AGENT_NAMESPACE}`,
    `--spoke-cluster-name=${CLUSTER}`,
    `--bootstrap-kubeconfig=${path}`,
    `--hub-kubeconfig-dir=${join(directory, 'hub')}`,
    '--disable-leader-election',
  ];
  await startRegistration(supervisor, { name: 'agent', directory, args });
}

/** Approves the first request, signs all that are approved, and deletes those that have been used. */
async function signRequests(admin: KubeClient, ca: CertificateAuthority, signal: AbortSignal): Promise<void> {
  const requests = admin.kind(CertificateSigningRequest);
  const cache = informer(requests);
  let running = Promise.resolve();
  cache.subscribe((event) => {
    if (event.type === 'deleted') return;
    running = running
      .then(() => decide(event.object))
      .catch((error: unknown) => {
        // Somebody was faster; the next event brings it here again.
        if (!signal.aborted && !isKubeError(error, 'conflict', 'not-found')) throw error;
      });
  });
  await cache.run(signal);
  await running;

  async function decide(csr: CertificateSigningRequest): Promise<void> {
    const conditions = csr.status?.conditions ?? [];
    if (csr.status?.certificate !== undefined) return;
    if (conditions.length === 0) {
      // Renewals are for the controller to approve.
      if (csr.spec.username?.startsWith('system:open-cluster-management:') === true) return;
      const approved = { type: 'Approved', status: 'True', reason: 'Bench' } as const;
      await requests.replace({ ...csr, status: { conditions: [approved] } }, { subresource: 'approval', signal });
      return;
    }
    const now = new Date();
    const asked = parseCertificateRequest(Buffer.from(csr.spec.request, 'base64').toString());
    const pem = issueCertificate(ca, {
      ...asked,
      usages: ['client'],
      notBefore: now,
      notAfter: new Date(now.getTime() + LIFETIME_MS),
    });
    const certificate = Buffer.from(pem).toString('base64');
    await requests.replace({ ...csr, status: { ...csr.status, certificate } }, { subresource: 'status', signal });
    const used = cache
      .list()
      .filter(({ metadata, status }) => metadata.name !== csr.metadata.name && status?.certificate);
    await Promise.all(used.map(({ metadata }) => requests.delete(metadata.name, { signal }).catch(() => undefined)));
  }
}
