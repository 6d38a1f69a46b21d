import { join } from 'node:path';
import { ClusterRoleBinding, Namespace, ServiceAccount } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { type ControlPlaneOptions, type KubeconfigRoute, untilAllowed } from '@ocm/testing';
import { stringify } from 'yaml';
import { grpcDriver } from '../src/hub/grpc/grpc-driver.ts';
import { readGrpcSigner } from '../src/hub/grpc/grpc-signer.ts';
import {
  type AgentLab,
  type AgentRunOptions,
  type JoiningCluster,
  type RunningAgent,
  startAgentLab,
} from './agent-lab.ts';
import { type GrpcLab, startGrpcLab } from './grpc-lab.ts';
import type { HubRunOptions } from './hub-lab.ts';
import { bootstrapRules } from './registration-agent-roles.ts';
import { grpcDriverRules } from './registration-controller-role.ts';

const HUB_NAMESPACE = 'open-cluster-management-hub';
const BOOTSTRAP_ACCOUNT = { namespace: 'open-cluster-management', name: 'agent-registration-bootstrap' };
export const BOOTSTRAP_GRPC_USER = `system:serviceaccount:${BOOTSTRAP_ACCOUNT.namespace}:${BOOTSTRAP_ACCOUNT.name}`;
const DAY_MS = 86_400_000;

/** What the template kubeconfig names: nobody is there, so an agent that connects to it gets nowhere. */
const CLOSED = 'https://127.0.0.1:1';

/** A hub with both drivers, for agents that reach its gRPC server and nothing else. The server is started by the test. */
export interface GrpcJoinLab extends AsyncDisposable {
  readonly lab: AgentLab;
  readonly grpc: GrpcLab;
  /** A cluster whose agent has a token for the gRPC server at this address, and a template kubeconfig that leads nowhere. */
  cluster(name: string, server: { readonly address: string }, config?: object): Promise<GrpcCluster>;
}

export interface GrpcCluster extends JoiningCluster {
  /** Writes the bootstrap secret and its files anew. */
  writeConfig(server: { readonly address: string }, config?: object): Promise<void>;
  startAgent(options?: AgentRunOptions): Promise<RunningAgent>;
}

export interface GrpcJoinLabOptions {
  readonly controlPlane?: ControlPlaneOptions;
  readonly signingMs?: number;
  readonly autoApprovedUsers?: readonly string[];
  readonly hub?: HubRunOptions;
}

export async function startGrpcJoinLab(options: GrpcJoinLabOptions = {}): Promise<GrpcJoinLab> {
  await using stack = new AsyncDisposableStack();
  const lab = stack.use(
    await startAgentLab({ hub: false, ...(options.controlPlane && { controlPlane: options.controlPlane }) }),
  );
  const grpc = stack.use(await startGrpcLab(lab.hub.controlPlane));
  await lab.hub.grantHub('grpc-driver', grpcDriverRules);
  const { certificate: grpcCaFile, key: grpcKeyFile } = grpc.signerFiles;
  const { signingMs: grpcSigningMs = 30 * DAY_MS, autoApprovedUsers = [] } = options;
  const signer = await readGrpcSigner({ grpcCaFile, grpcKeyFile, grpcSigningMs });
  const driver = grpcDriver({ signer, autoApprovedUsers: new Set(autoApprovedUsers), namespace: HUB_NAMESPACE });
  await lab.hub.startHub({ drivers: ['csr', 'grpc'], grpc: driver, ...options.hub });
  const token = await bootstrapToken(lab.admin, lab.hub.signal);
  const owned = stack.move();
  return {
    lab,
    grpc,
    async cluster(name, server, config) {
      const cluster = grpcCluster(await lab.cluster(name), { caPem: grpc.ca.certificatePem, token });
      await cluster.writeConfig(server, config);
      return cluster;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The route of the template kubeconfig of an agent without access to the hub's API. */
const nowhere: KubeconfigRoute = { server: CLOSED };

function grpcCluster(
  cluster: JoiningCluster,
  { caPem, token }: { readonly caPem: string; readonly token: string },
): GrpcCluster {
  return {
    ...cluster,
    async writeConfig({ address }, config = {}) {
      const content = { url: address, caData: Buffer.from(caPem).toString('base64'), token, ...config };
      await cluster.writeBootstrap(await cluster.bootstrapKubeconfig(nowhere), { 'config.yaml': stringify(content) });
    },
    startAgent(options = {}) {
      const hubDirectory = options.hubDirectory ?? join(cluster.directory, 'hub');
      return cluster.start({
        ...options,
        flags: [
          '--registration-auth=grpc',
          `--grpc-bootstrap-config=${join(cluster.directory, 'config.yaml')}`,
          `--grpc-config=${join(hubDirectory, 'config.yaml')}`,
          ...(options.flags ?? []),
        ],
      });
    },
  };
}

/** A token of the service account behind packaged bootstrap secrets, with its rights. */
async function bootstrapToken(admin: KubeClient, signal: AbortSignal): Promise<string> {
  const { namespace, name } = BOOTSTRAP_ACCOUNT;
  await admin.kind(Namespace).create({ metadata: { name: namespace } }, { signal });
  await admin.kind(ServiceAccount).create({ metadata: { namespace, name } }, { signal });
  const roleRef = {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    name: 'open-cluster-management:bootstrap',
  } as const;
  const subjects = [{ kind: 'ServiceAccount', namespace, name }] as const;
  await admin
    .kind(ClusterRoleBinding)
    .create({ metadata: { name: 'bootstrap-over-grpc' }, roleRef, subjects }, { signal });
  await untilAllowed(admin, { to: { user: BOOTSTRAP_GRPC_USER }, rules: bootstrapRules }, signal);
  const answer = await admin.request({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    timeoutMs: 10_000,
    signal,
  });
  return (JSON.parse(answer.body) as { readonly status: { readonly token: string } }).status.token;
}
