import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ClusterRole, RoleBinding } from '@ocm/api';
import { type KubeClient, reviewAccess } from '@ocm/kube';
import {
  aClusterRole,
  aRoleBinding,
  type ControlPlane,
  freePort,
  startSupervisor,
  type SupervisedProcess,
  until,
  writeServingCertificate,
} from '@ocm/testing';

const MAIN = join(import.meta.dirname, '../../registration/src/main.ts');
const ROLE = 'open-cluster-management:managedcluster:work';

/** A gRPC server of a hub: a process of its own in front of a control plane. */
export interface GrpcHub {
  /** As agents have it in their configuration. */
  readonly url: string;
  /** Gives the agent of a cluster the rights that agents have on a hub, and writes its configuration; returns the path. */
  admit(cluster: string): Promise<string>;
  start(): Promise<void>;
  /** Ends the process; it can be started again. */
  stop(): Promise<void>;
  output(): Promise<string>;
  /** Ends the process for good. */
  close(): Promise<void>;
}

export interface GrpcHubOptions {
  readonly cp: ControlPlane;
  readonly admin: KubeClient;
  /** Where the server reaches the API of the hub. */
  readonly server: string;
  readonly signal: AbortSignal;
  /** Further flags of the server. */
  readonly flags?: readonly string[];
}

export async function startGrpcHub({ cp, admin, server, signal, flags = [] }: GrpcHubOptions): Promise<GrpcHub> {
  const supervisor = startSupervisor();
  const directory = await supervisor.makeDirectory('work-grpc-');
  const path = (name: string): string => join(directory, name);
  const port = await freePort();
  await writeServingCertificate(cp.ca, directory);
  await cp.writeKubeconfig(path('kubeconfig'), 'admin', { server });
  await writeFile(path('ca.crt'), cp.caPem);
  const keys = {
    tls_cert_file: path('tls.crt'),
    tls_key_file: path('tls.key'),
    client_ca_file: path('ca.crt'),
    server_bind_port: port,
  };
  await writeFile(path('server.yaml'), JSON.stringify(keys));
  await grantWorkRights(admin, signal);
  let running: SupervisedProcess | undefined;
  const output = (): Promise<string> => readFile(path('server.log'), 'utf8');
  const hub: GrpcHub = {
    url: `127.0.0.1:${port}`,
    output,
    async admit(cluster) {
      const group = `system:open-cluster-management:${cluster}`;
      await bindWorkRights(admin, { cluster, group }, signal);
      const user = `${group}:agent`;
      await untilRightsHold(admin, { cluster, user, group }, signal);
      const configFile = path(`${cluster}.yaml`);
      await writeClientConfig(configFile, { cp, url: hub.url, identity: { user, groups: [group] } });
      return configFile;
    },
    async start() {
      const args = [
        'grpc',
        `--kubeconfig=${path('kubeconfig')}`,
        `--server-config=${path('server.yaml')}`,
        '--listen=127.0.0.1:0',
        '--namespace=open-cluster-management-hub',
        ...flags,
      ];
      const started = supervisor.start(process.execPath, { args: [MAIN, ...args], logFile: path('server.log') });
      running = started;
      await until(
        async () => {
          // An agent that is refused comes back after seconds only.
          if (!started.hasEnded() && (await isListening(port))) return true;
          throw new Error(`it wrote ${await output()}`);
        },
        { describe: 'the gRPC server serves', signal },
      );
    },
    async stop() {
      running?.signal('SIGTERM');
      await running?.ended;
    },
    close: () => supervisor.stop(),
  };
  await hub.start();
  return hub;
}

interface Client {
  readonly cp: ControlPlane;
  readonly url: string;
  readonly identity: { readonly user: string; readonly groups: readonly string[] };
}

/** The configuration of a gRPC client (cloudevents-grpc 9.1) with a certificate of this user. */
export async function writeClientConfig(path: string, { cp, url, identity }: Client): Promise<void> {
  const { certificatePem, privateKeyPem } = await cp.clientCertificate(identity);
  const config = {
    url,
    caData: base64(cp.caPem),
    clientCertData: base64(certificatePem),
    clientKeyData: base64(privateKeyPem),
  };
  await writeFile(path, JSON.stringify(config));
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

/** What every accepted cluster may do with its works (work 17.2). */
async function grantWorkRights(admin: KubeClient, signal: AbortSignal): Promise<void> {
  const apiGroups = ['work.open-cluster-management.io'];
  const rules = [
    { apiGroups, resources: ['manifestworks'], verbs: ['get', 'list', 'watch', 'update', 'patch'] },
    { apiGroups, resources: ['manifestworks/status'], verbs: ['patch', 'update'] },
  ];
  await admin.kind(ClusterRole).create(aClusterRole({ name: ROLE, rules }), { signal });
}

async function bindWorkRights(
  admin: KubeClient,
  { cluster, group }: { readonly cluster: string; readonly group: string },
  signal: AbortSignal,
): Promise<void> {
  const binding = aRoleBinding({ name: 'agent', namespace: cluster, role: ROLE, subjects: [`Group/${group}`] });
  await admin.kind(RoleBinding).create(binding, { signal });
}

/** The authoriser of the API server follows bindings with a delay; an agent that is refused comes back after seconds only. */
async function untilRightsHold(
  admin: KubeClient,
  { cluster: namespace, user, group }: { readonly cluster: string; readonly user: string; readonly group: string },
  signal: AbortSignal,
): Promise<void> {
  const resource = { group: 'work.open-cluster-management.io', resource: 'manifestworks', verb: 'watch', namespace };
  const question = { user, groups: [group], resource };
  await until(async () => (await reviewAccess(admin, question, { signal })).allowed, {
    describe: `the agent of ${namespace} has its rights`,
    signal,
  });
}
