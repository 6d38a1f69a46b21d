import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { ManifestWork, Namespace, type PolicyRule } from '@ocm/api';
import { connect, type KubeClient, kubeconfigFile } from '@ocm/kube';
import type { KeyAndCertificate } from '@ocm/pki';
import {
  type ControlPlane,
  type FaultProxy,
  freePort,
  grantRights,
  startControlPlane,
  startFaultProxy,
  until,
  writeServingCertificate,
} from '@ocm/testing';
import { connectRaw, type Ended, type RawEvent, type RawStream } from './grpc-client.ts';
import { type RegistrationProcess, startRegistration } from './registration-process.ts';

/** A client as `connectRaw` gives it, with the names of codes instead of their numbers. */
export interface FaultsClient extends Disposable {
  publish(event: RawEvent | undefined): Promise<Ending>;
  publishBytes(bytes: Buffer): Promise<Ending>;
  subscribe(cluster: string, dataType: string): RawStream;
}

export interface Ending {
  /** `OK`, `INVALID_ARGUMENT` … */
  readonly code: string;
  readonly details: string;
}

/** A hub, a proxy that does harm between it and the server of events, and that server as a process from source. */
export interface FaultsLab extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly admin: KubeClient;
  readonly proxy: FaultProxy;
  readonly port: number;
  /** Where the serving certificate lies, to be replaced. */
  readonly directory: string;
  readonly server: RegistrationProcess;
  /** Starts it again on the same port, after its end. */
  restart(): Promise<void>;
  residentMiB(): Promise<number>;
  /** A cluster with its namespace and the rights of its agents. */
  addCluster(name: string): Promise<AgentOf>;
  /** A client with this certificate; closed with the lab. */
  client(pair: KeyAndCertificate): FaultsClient;
}

/** What an agent of a cluster has. */
export interface AgentOf {
  readonly cluster: string;
  readonly pair: KeyAndCertificate;
  readonly client: FaultsClient;
  /** Creates a work with one ConfigMap of so many bytes; default 10. */
  createWork(name: string, bytes?: number): Promise<WorkRef>;
  /** Changes what it brings, and with it its generation. */
  changeWork(name: string, letter: string, bytes?: number): Promise<WorkRef>;
  findWork(name: string): Promise<ManifestWork | undefined>;
}

export interface WorkRef {
  readonly cluster: string;
  readonly uid: string;
  readonly generation: number;
}

export async function startFaultsLab(): Promise<FaultsLab> {
  await using stack = new AsyncDisposableStack();
  const plane = stack.use(await startControlPlane());
  const proxy = stack.use(await startFaultProxy({ controlPlane: plane }));
  const stop = new AbortController();
  const { signal } = stop;
  const admin = stack.use(await connect(kubeconfigFile(plane.adminKubeconfigPath), { userAgent: 'test', signal }));
  stack.defer(() => stop.abort());
  const directory = await mkdtemp(join(tmpdir(), 'ocm-grpc-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const [port, listen] = [await freePort(), await freePort()];
  const args = await serverFlags({ plane, proxy, directory, port, listen });
  const state = { server: startRegistration(args) };
  stack.defer(() => state.server[Symbol.asyncDispose]());
  const connectWith = (pair: KeyAndCertificate): FaultsClient =>
    faultsClient(`127.0.0.1:${port}`, { caPem: plane.caPem, certificate: pair });
  const client: FaultsLab['client'] = (pair) => own.use(connectWith(pair));
  const addCluster = async (name: string): Promise<AgentOf> => {
    const groups = [`system:open-cluster-management:${name}`];
    const pair = await plane.clientCertificate({ user: `${groups[0]}:agent`, groups });
    await grantAgent(admin, name, signal);
    return agentOf({ admin, signal, cluster: name, pair, client: client(pair) });
  };
  const answers = async (): Promise<boolean> => {
    const pair = await plane.clientCertificate({ user: 'nobody' });
    using probe = connectWith(pair);
    return (await probe.publish(undefined)).code === 'INVALID_ARGUMENT';
  };
  const ready = async (): Promise<void> => {
    await until(answers, { describe: 'the server answers', deadlineMs: 30_000 }).catch((error: unknown) => {
      throw new Error(`the server wrote:\n${state.server.output().slice(-4000)}`, { cause: error });
    });
  };
  await ready();
  const own = stack.move();
  return {
    plane,
    admin,
    proxy,
    port,
    directory,
    get server() {
      return state.server;
    },
    async restart() {
      await state.server.ended;
      state.server = startRegistration(args);
      await ready();
    },
    residentMiB: () => residentMiB(state.server.pid),
    addCluster,
    client,
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}

function faultsClient(address: string, credentials: Parameters<typeof connectRaw>[1]): FaultsClient {
  const client = connectRaw(address, credentials);
  return {
    publish: async (event) => ending(await client.publish(event)),
    publishBytes: async (bytes) => ending(await client.publishBytes(bytes)),
    subscribe: (cluster, dataType) => client.open({ cluster, dataType }),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

function ending({ code, details }: Ended): Ending {
  return { code: status[code], details };
}

async function serverFlags({
  plane,
  proxy,
  directory,
  port,
  listen,
}: {
  readonly plane: ControlPlane;
  readonly proxy: FaultProxy;
  readonly directory: string;
  readonly port: number;
  readonly listen: number;
}): Promise<readonly string[]> {
  const path = (name: string): string => join(directory, name);
  await writeServingCertificate(plane.ca, directory, 'first');
  await writeFile(path('ca.crt'), plane.caPem);
  await plane.writeKubeconfig(path('kubeconfig'), 'admin', { server: proxy.url });
  const settings = {
    tls_cert_file: path('tls.crt'),
    tls_key_file: path('tls.key'),
    client_ca_file: path('ca.crt'),
    server_bind_port: port,
  };
  await writeFile(path('config.yaml'), JSON.stringify(settings)); // JSON is YAML
  return [
    'grpc',
    '--namespace=open-cluster-management-hub',
    `--kubeconfig=${path('kubeconfig')}`,
    `--server-config=${path('config.yaml')}`,
    `--listen=127.0.0.1:${listen}`,
  ];
}

/** What the hub gives the agents of an accepted cluster, as far as these tests need it. */
async function grantAgent(admin: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  await admin.kind(Namespace).create({ metadata: { name: cluster } }, { signal });
  const verbs = ['get', 'list', 'watch', 'update', 'patch'];
  const rules: readonly PolicyRule[] = [
    {
      apiGroups: ['work.open-cluster-management.io'],
      resources: ['manifestworks', 'manifestworks/status'],
      verbs,
    },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ];
  const to = { group: `system:open-cluster-management:${cluster}` };
  await grantRights(admin, { name: 'agent', namespace: cluster, to, rules }, signal);
}

function agentOf({
  admin,
  signal,
  cluster,
  pair,
  client,
}: Pick<AgentOf, 'cluster' | 'pair' | 'client'> & {
  readonly admin: KubeClient;
  readonly signal: AbortSignal;
}): AgentOf {
  const works = admin.kind(ManifestWork);
  const refOf = ({ metadata: { uid = '', generation = 0 } }: ManifestWork): WorkRef => ({ cluster, uid, generation });
  return {
    cluster,
    pair,
    client,
    async createWork(name, bytes = 10) {
      const work = { metadata: { namespace: cluster, name }, spec: specWith('x', bytes) };
      return refOf(await works.create(work, { signal }));
    },
    async changeWork(name, letter, bytes = 10) {
      const change = { spec: specWith(letter, bytes) };
      return refOf(await works.mergePatch({ namespace: cluster, name }, change, { signal }));
    },
    findWork: (name) => works.find({ namespace: cluster, name }, { signal }),
  };
}

function specWith(letter: string, bytes: number): NonNullable<ManifestWork['spec']> {
  const metadata = { name: 'content', namespace: 'default' };
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { content: letter.repeat(bytes) } };
  return { workload: { manifests: [manifest] } };
}

async function residentMiB(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]) / 1024;
}
