import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterRole, clusterGroup, clusterUser, managedClustersGroup, Namespace, RoleBinding } from '@ocm/api';
import { type Clock, connect, isKubeError, type KubeClient, type Logger, silentLogger, systemClock } from '@ocm/kube';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueKeyAndCertificate,
  type KeyAndCertificate,
} from '@ocm/pki';
import {
  type ControlPlane,
  grantRights,
  grpcServerRules,
  type KubeconfigRoute,
  untilAllowed,
  writeServingCertificate,
} from '@ocm/testing';
import { parseServerConfig } from '../src/grpc-server/config/server-config.ts';
import type { EventService } from '../src/grpc-server/event-service.ts';
import { createGrpcMetrics } from '../src/grpc-server/grpc-metrics.ts';
import { runGrpcServer } from '../src/grpc-server/grpc-server.ts';
import { createEventServices } from '../src/grpc-server/services/event-services.ts';
import { connectRaw, type RawClient, type RawCredentials } from './grpc-client.ts';
import { clusterAgentRules } from './grpc-server-role.ts';

/** The account of the server: what it writes is written by this user. */
export const GRPC_SERVER_USER = 'system:serviceaccount:open-cluster-management-hub:grpc-server-sa';
const SERVER_ROLE = 'open-cluster-management:cluster-manager-grpc-server';
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface GrpcServerRun {
  /** Default: the real ones. */
  readonly services?: readonly EventService[];
  /** The gate SourceSubscriptions of the real services. */
  readonly sourceSubscriptions?: boolean;
  /** Keys of the configuration file (cloudevents-grpc 11.2), besides those of the certificates. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Default 10 s; `undefined` as value: none are sent. */
  readonly heartbeatMs?: number | undefined;
  readonly recheckMs?: number;
  readonly certificateLookMs?: number;
  readonly mostUnfinishedBytes?: number;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** How the server reaches the hub's API: a fault proxy, for example. */
  readonly via?: KubeconfigRoute;
  /** Port to listen on; default one that is free. */
  readonly port?: number;
}

/** The gRPC server in this process, as the operator sets it up. */
export interface RunningGrpcServer extends AsyncDisposable {
  readonly port: number;
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** The text of `/metrics`, of the gRPC series. */
  metrics(): Promise<string>;
  /** Ends it in good order; rejects with what it failed with. */
  stop(): Promise<void>;
  connect(credentials: Omit<RawCredentials, 'caPem'>, options?: Readonly<Record<string, number>>): RawClient;
  /** A client with the certificate that the hub gives the agent of a cluster. */
  connectAs(cluster: string, options?: Readonly<Record<string, number>>): Promise<RawClient>;
}

/** Certificates, files and rights for a gRPC server beside a control plane. */
export interface GrpcLab extends AsyncDisposable {
  readonly admin: KubeClient;
  readonly signal: AbortSignal;
  /** Signs the serving certificate and the certificates of clients, as the hub's signer does. */
  readonly ca: CertificateAuthority;
  readonly directory: string;
  /** `tls.crt` and `tls.key` of {@link ca}: what `--grpc-ca-file` and `--grpc-key-file` of the hub controller name. */
  readonly signerFiles: { readonly certificate: string; readonly key: string };
  /** The bundle against which clients and server verify each other. */
  readonly caFile: string;
  /** Directory with the serving certificate; {@link renewServingCertificate} writes a new one. */
  readonly servingDirectory: string;
  renewServingCertificate(): Promise<void>;
  clientCertificate(options: {
    readonly user: string;
    readonly groups?: readonly string[];
    readonly lifetimeMs?: number;
    readonly ca?: CertificateAuthority;
  }): Promise<KeyAndCertificate>;
  /** The certificate of the agent `agent` of a cluster. */
  clusterCertificate(cluster: string): Promise<KeyAndCertificate>;
  /** Namespace and rights of an accepted cluster, for tests without a hub controller. */
  admitCluster(cluster: string): Promise<void>;
  /** Takes the rights away again. */
  denyCluster(cluster: string): Promise<void>;
  /** Starts a server; resolves when it lets clients in. It ends with the lab at the latest. */
  startServer(options?: GrpcServerRun): Promise<RunningGrpcServer>;
}

/** @param controlPlane stays the caller's; its service accounts need no controllers */
export async function startGrpcLab(controlPlane: ControlPlane): Promise<GrpcLab> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'ocm-grpc-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const lab = new AbortController();
  const { signal } = lab;
  const admin = await connect(
    { kind: 'text', text: await controlPlane.kubeconfig('admin'), directory },
    { userAgent: 'test', signal },
  );
  stack.defer(() => lab.abort());
  const ca = await createCertificateAuthority({
    commonName: 'grpc-signer',
    validityMs: 365 * DAY_MS,
    now: aMinuteAgo(),
  });
  const files = await writeAuthority(ca, directory);
  const servingDirectory = join(directory, 'serving');
  await writeServingCertificate(ca, servingDirectory);
  await grantServer(admin, signal);
  const clientCertificate = clientCertificatesOf(ca);
  const clusterCertificate = (cluster: string): Promise<KeyAndCertificate> =>
    clientCertificate({
      user: clusterUser({ cluster, agent: 'agent' }),
      groups: [clusterGroup(cluster), managedClustersGroup],
    });
  const kit = { controlPlane, directory, ca, caFile: files.certificate, servingDirectory, clusterCertificate };
  const owned = stack.move();
  return {
    admin,
    signal,
    ca,
    directory,
    signerFiles: files,
    caFile: files.certificate,
    servingDirectory,
    renewServingCertificate: () => writeServingCertificate(ca, servingDirectory),
    clientCertificate,
    clusterCertificate,
    admitCluster: (cluster) => admitCluster(admin, cluster, signal),
    denyCluster: (cluster) =>
      admin
        .kind(RoleBinding)
        .delete({ namespace: cluster, name: AGENT_ROLE }, { signal })
        .then(() => undefined),
    startServer: async (options = {}) => owned.use(await startServer(kit, options)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Kit {
  readonly controlPlane: ControlPlane;
  readonly directory: string;
  readonly ca: CertificateAuthority;
  readonly caFile: string;
  readonly servingDirectory: string;
  readonly clusterCertificate: GrpcLab['clusterCertificate'];
}

async function startServer(kit: Kit, options: GrpcServerRun): Promise<RunningGrpcServer> {
  const {
    clock = systemClock,
    log = silentLogger,
    recheckMs,
    certificateLookMs,
    mostUnfinishedBytes,
    port = 0,
  } = options;
  const [stopping, closing] = [new AbortController(), new AbortController()];
  const text = await kit.controlPlane.kubeconfig({ user: GRPC_SERVER_USER }, options.via);
  const client = await connect(
    { kind: 'text', text, directory: kit.directory },
    { userAgent: 'registration-grpc', signal: closing.signal },
  );
  const services =
    options.services ??
    createEventServices({ client, clock, log, sourceSubscriptions: options.sourceSubscriptions ?? false });
  const metrics = createGrpcMetrics();
  const listening = Promise.withResolvers<number>();
  const ended = runGrpcServer({
    client,
    services,
    config: { ...configOf(kit, options.config), port },
    host: '127.0.0.1',
    heartbeatMs: 'heartbeatMs' in options ? options.heartbeatMs : 10_000,
    metrics,
    clock,
    log,
    recheckMs,
    certificateLookMs,
    mostUnfinishedBytes,
    onListening: listening.resolve,
    signal: stopping.signal,
  }).finally(() => closing.abort());
  ended.catch(listening.reject);
  const address = `127.0.0.1:${await listening.promise}`;
  const stop = (): Promise<void> => {
    stopping.abort();
    return ended;
  };
  const connectWith: RunningGrpcServer['connect'] = (credentials, channel) =>
    connectRaw(address, { ...credentials, caPem: kit.ca.certificatePem }, channel);
  return {
    port: await listening.promise,
    address,
    metrics: () => metrics.source.metrics(),
    stop,
    connect: connectWith,
    connectAs: async (cluster, channel) => connectWith({ certificate: await kit.clusterCertificate(cluster) }, channel),
    [Symbol.asyncDispose]: stop,
  };
}

function configOf({ caFile, servingDirectory }: Kit, keys: Readonly<Record<string, unknown>> = {}) {
  const files = {
    tls_cert_file: join(servingDirectory, 'tls.crt'),
    tls_key_file: join(servingDirectory, 'tls.key'),
    client_ca_file: caFile,
  };
  return parseServerConfig({ ...files, ...keys }, { minVersion: undefined, cipherSuites: [] }).config;
}

async function writeAuthority(
  ca: CertificateAuthority,
  directory: string,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const [certificate, key] = [join(directory, 'ca.crt'), join(directory, 'ca.key')];
  await Promise.all([writeFile(certificate, ca.certificatePem), writeFile(key, ca.privateKeyPem)]);
  return { certificate, key };
}

function clientCertificatesOf(own: CertificateAuthority): GrpcLab['clientCertificate'] {
  return ({ user, groups = [], lifetimeMs = DAY_MS, ca = own }) =>
    issueKeyAndCertificate(ca, {
      commonName: user,
      organizations: groups,
      usages: ['client'],
      notBefore: new Date(Math.min(Date.now(), Date.now() + lifetimeMs) - MINUTE_MS),
      notAfter: new Date(Date.now() + lifetimeMs),
    });
}

function aMinuteAgo(): Date {
  return new Date(Date.now() - MINUTE_MS);
}

const AGENT_ROLE = 'test:grpc-cluster-agent';

/** Several labs may share a control plane. */
async function grantServer(admin: KubeClient, signal: AbortSignal): Promise<void> {
  const role = { metadata: { name: AGENT_ROLE }, rules: clusterAgentRules };
  await unlessThere(admin.kind(ClusterRole).create(role, { signal }));
  await grantRights(admin, { name: SERVER_ROLE, to: { user: GRPC_SERVER_USER }, rules: grpcServerRules }, signal);
}

async function admitCluster(admin: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  await unlessThere(admin.kind(Namespace).create({ metadata: { name: cluster } }, { signal }));
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: AGENT_ROLE } as const;
  const subjects = [{ kind: 'Group', apiGroup: roleRef.apiGroup, name: clusterGroup(cluster) }] as const;
  const metadata = { name: AGENT_ROLE, namespace: cluster };
  await unlessThere(admin.kind(RoleBinding).create({ metadata, roleRef, subjects }, { signal }));
  const to = { group: clusterGroup(cluster) };
  await untilAllowed(admin, { to, rules: clusterAgentRules, namespace: cluster }, signal);
}

async function unlessThere(creation: Promise<unknown>): Promise<void> {
  await creation.catch((error: unknown) => {
    if (!isKubeError(error, 'exists')) throw error;
  });
}
