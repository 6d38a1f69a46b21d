import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCertificateAuthority, issueKeyAndCertificate, type KeyAndCertificate } from '@ocm/pki';
import {
  type ControlPlane,
  freePort,
  startControlPlane,
  startSupervisor,
  type SupervisedProcess,
  type Supervisor,
  until,
  writeServingCertificate,
} from '@ocm/testing';
import { benchWork } from '../objects.ts';
import { inParallel, rawClient, type RawClient } from '../raw-client.ts';
import { rawTarget } from '../raw-target.ts';
import { startRegistration } from '../registration-process.ts';
import type { KnownWork } from './driver-protocol.ts';
import { openConnection } from './event-connection.ts';

const DAY_MS = 86_400_000;
const GROUP = 'bench-agents';
const WORKS = '/apis/work.open-cluster-management.io/v1';
/** What an administrator of a fleet of this size sets; 50 per second are the default. */
const API_QPS = 2000;

/** A hub of clusters that the driver plays, and the means to start a server of events in front of it. */
export interface GrpcStage extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly raw: RawClient;
  readonly supervisor: Supervisor;
  readonly directory: string;
  /** Signs servers and agents. */
  readonly caPem: string;
  readonly identities: readonly Pick<Identity, 'cert' | 'key'>[];
  /** Creates clusters with their namespace and lease, and works of one manifest in each. */
  addClusters(names: readonly string[], worksPerCluster: number): Promise<void>;
  works(): Promise<readonly KnownWork[]>;
  startServer(name: string): Promise<ServerUnderTest>;
  /** Where the certificate of servers is: `tls.crt`, `tls.key`, `ca.crt`. */
  readonly serving: string;
}

export interface ServerUnderTest {
  readonly process: SupervisedProcess;
  readonly url: string;
}

interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** @param identities how many agents have a certificate of their own */
export async function openStage(identities: number): Promise<GrpcStage> {
  await using stack = new AsyncDisposableStack();
  const plane = stack.use(await startControlPlane());
  const raw = rawClient(rawTarget(await readFile(plane.adminKubeconfigPath, 'utf8')));
  stack.defer(() => raw.close());
  const supervisor = startSupervisor();
  stack.defer(() => supervisor.stop());
  const directory = await supervisor.makeDirectory('ocm-bench-');
  const ca = await createCertificateAuthority({ commonName: 'bench', validityMs: DAY_MS, now: minuteAgo() });
  await writeServingCertificate(ca, directory);
  await writeFile(join(directory, 'ca.crt'), ca.certificatePem);
  await grant(raw);
  const issued = await Promise.all(Array.from({ length: identities }, (_, index) => issueAgent(ca, index)));
  const kept = stack.move();
  return {
    plane,
    raw,
    supervisor,
    directory,
    caPem: ca.certificatePem,
    identities: issued.map(({ certificatePem, privateKeyPem }) => ({ cert: certificatePem, key: privateKeyPem })),
    serving: directory,
    addClusters: (names, worksPerCluster) => inParallel(names, (name) => addCluster(raw, name, worksPerCluster)),
    works: () => listWorks(raw),
    startServer: (name) => startServer({ supervisor, directory, plane, name, ca }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function minuteAgo(): Date {
  return new Date(Date.now() - 60_000);
}

function issueAgent(ca: KeyAndCertificate, index: number): Promise<KeyAndCertificate> {
  return issueKeyAndCertificate(ca, {
    commonName: `${GROUP}-${index}`,
    organizations: [GROUP],
    usages: ['client'],
    notBefore: minuteAgo(),
    notAfter: new Date(Date.now() + DAY_MS),
  });
}

/** The agents that share a connection share an identity, which may do in every cluster what an agent may in its own. */
async function grant(raw: RawClient): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const rules = [
    rule('work.open-cluster-management.io', 'manifestworks'),
    rule('cluster.open-cluster-management.io', 'managedclusters'),
    rule('addon.open-cluster-management.io', 'managedclusteraddons'),
    rule('certificates.k8s.io', 'certificatesigningrequests'),
    rule('coordination.k8s.io', 'leases'),
  ];
  await raw.send('POST', `${rbac}/clusterroles`, { metadata: { name: GROUP }, rules });
  await raw.send('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name: GROUP },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: GROUP },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: GROUP }],
  });
}

function rule(apiGroup: string, resource: string): object {
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch'];
  return { apiGroups: [apiGroup], resources: [resource, `${resource}/status`], verbs };
}

async function addCluster(raw: RawClient, name: string, works: number): Promise<void> {
  const labels = { 'open-cluster-management.io/cluster-name': name };
  await raw.send('POST', '/api/v1/namespaces', { metadata: { name, labels } });
  await raw.send('POST', '/apis/cluster.open-cluster-management.io/v1/managedclusters', {
    apiVersion: 'cluster.open-cluster-management.io/v1',
    kind: 'ManagedCluster',
    metadata: { name },
    spec: { hubAcceptsClient: true, leaseDurationSeconds: 60 },
  });
  await raw.send('POST', `/apis/coordination.k8s.io/v1/namespaces/${name}/leases`, {
    metadata: { name: 'managed-cluster-lease', labels },
    spec: { holderIdentity: 'managed-cluster-lease', renewTime: '2026-01-01T00:00:00.000000Z' },
  });
  for (let index = 0; index < works; index += 1) {
    const work = benchWork(`work-${index}`, name, { manifests: 1 });
    await raw.send('POST', `${WORKS}/namespaces/${name}/manifestworks`, work);
  }
}

async function listWorks(raw: RawClient): Promise<readonly KnownWork[]> {
  const { items } = JSON.parse(await raw.send('GET', `${WORKS}/manifestworks`)) as {
    readonly items: readonly {
      readonly metadata: {
        readonly namespace: string;
        readonly uid: string;
        readonly name: string;
        readonly generation: number;
      };
    }[];
  };
  return items.map(({ metadata: { namespace: cluster, uid, name, generation } }) => ({
    cluster,
    uid,
    name,
    generation,
  }));
}

async function startServer({
  supervisor,
  directory,
  plane,
  name,
  ca,
}: {
  readonly supervisor: Supervisor;
  readonly directory: string;
  readonly plane: ControlPlane;
  readonly name: string;
  readonly ca: KeyAndCertificate;
}): Promise<ServerUnderTest> {
  const port = await freePort();
  const config = join(directory, `${name}.yaml`);
  const lines = {
    tls_cert_file: join(directory, 'tls.crt'),
    tls_key_file: join(directory, 'tls.key'),
    client_ca_file: join(directory, 'ca.crt'),
    server_bind_port: port,
  };
  await writeFile(config, JSON.stringify(lines)); // JSON is YAML
  const process = await startRegistration(supervisor, {
    name,
    directory,
    args: [
      'grpc',
      '--namespace=open-cluster-management-hub',
      `--kubeconfig=${plane.adminKubeconfigPath}`,
      `--server-config=${config}`,
      `--kube-api-qps=${API_QPS}`,
      `--kube-api-burst=${API_QPS}`,
    ],
  });
  const url = `https://127.0.0.1:${port}`;
  const probe = await issueAgent(ca, -1);
  await until(() => isServing({ url, ca: ca.certificatePem, cert: probe.certificatePem, key: probe.privateKeyPem }), {
    describe: 'the server admits subscriptions',
    deadlineMs: 60_000,
  });
  return { process, url };
}

/** Whether a server lets subscriptions in; throws while nobody listens. */
export async function isServing(target: Parameters<typeof openConnection>[0]): Promise<boolean> {
  const connection = openConnection(target);
  try {
    await connection.subscribe('probe', 'io.open-cluster-management.works.v1alpha1.manifestbundles', () => undefined);
    return true;
  } finally {
    connection.destroy();
  }
}
