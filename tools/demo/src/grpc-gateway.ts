import { mkdir, writeFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { bootstrapServiceAccount, ClusterRoleBinding, ServiceAccount, type TokenRequest } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { type ControlPlane, createTestAuthority, freePort, until, writeServingCertificate } from '@ocm/testing';
import { BOOTSTRAP_ROLE } from './bootstrap-rights.ts';
import { grantGrpcServerRights, grpcServerIdentity } from './grpc-server-rights.ts';
import type { Component, ComponentOptions } from './components.ts';
import type { Fleet } from './fleet.ts';
import { HUB_NAMESPACE } from './hub-namespace.ts';

const STEP_MS = 60_000;
const TOKEN_SECONDS = 3600;

/** The authority that signs for the server of events and for the agents that come to it. */
export interface GrpcAuthority {
  readonly authority: ControlPlane['ca'];
  /** Its certificate and key, for the hub controller, which signs. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** What the administrator of a managed cluster is given to join by gRPC. */
export interface GrpcGateway {
  /** `<host>:<port>` of the server. */
  readonly url: string;
  readonly caPem: string;
  /** A token with which an agent may ask to join. Secret. */
  readonly token: string;
}

/** Where the server is started. */
export interface GatewayPlace {
  readonly fleet: Fleet;
  readonly hub: KubeClient;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly start: (component: Pick<ComponentOptions, 'name' | 'app' | 'args'>) => Promise<Component>;
}

/** A new authority, in files below the directory. */
export async function createGrpcAuthority(directory: string): Promise<GrpcAuthority> {
  const authority = await createTestAuthority('demo-grpc');
  const files = join(directory, 'grpc');
  await mkdir(files, { recursive: true });
  const [certificateFile, keyFile] = [join(files, 'ca.crt'), join(files, 'ca.key')];
  await writeFile(certificateFile, authority.certificatePem);
  await writeFile(keyFile, authority.privateKeyPem, { mode: 0o600 });
  return { authority, certificateFile, keyFile };
}

/** Starts the server in front of the hub and waits until it listens. */
export async function startGrpcGateway(
  { fleet, hub, directory, signal, start }: GatewayPlace,
  { authority, certificateFile }: GrpcAuthority,
): Promise<GrpcGateway> {
  await grantGrpcServerRights(hub, HUB_NAMESPACE, signal);
  const files = join(directory, 'grpc');
  await writeServingCertificate(authority, files);
  const kubeconfig = join(files, 'kubeconfig');
  await fleet.hub.writeKubeconfig(kubeconfig, grpcServerIdentity(HUB_NAMESPACE));
  const port = await freePort();
  const settings = {
    tls_cert_file: join(files, 'tls.crt'),
    tls_key_file: join(files, 'tls.key'),
    client_ca_file: certificateFile,
    server_bind_port: port,
  };
  const config = join(files, 'config.yaml');
  await writeFile(config, JSON.stringify(settings)); // JSON is YAML
  const args = ['grpc', '--kubeconfig', kubeconfig, '--namespace', HUB_NAMESPACE, '--server-config', config];
  await start({ name: 'grpc-server', app: 'registration', args });
  await until(() => isListening(port), { describe: 'the gRPC server listens', deadlineMs: STEP_MS, signal });
  return { url: `127.0.0.1:${port}`, caPem: authority.certificatePem, token: await bootstrapToken(hub, signal) };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connectSocket(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

/** A token of the account that may ask to join and nothing else. */
async function bootstrapToken(hub: KubeClient, signal: AbortSignal): Promise<string> {
  const metadata = { namespace: HUB_NAMESPACE, name: bootstrapServiceAccount };
  await hub.kind(ServiceAccount).create({ metadata }, { signal });
  await hub.kind(ClusterRoleBinding).create(
    {
      metadata: { name: `${BOOTSTRAP_ROLE}:${bootstrapServiceAccount}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: BOOTSTRAP_ROLE },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    { signal },
  );
  const path = `/api/v1/namespaces/${metadata.namespace}/serviceaccounts/${metadata.name}/token`;
  const spec: TokenRequest['spec'] = { audiences: [], expirationSeconds: TOKEN_SECONDS };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const answer = await hub.request({ method: 'POST', path, body, signal });
  const { status } = JSON.parse(answer.body) as TokenRequest;
  if (status === undefined) throw new Error(`the hub gave no bootstrap token: it answered ${answer.status}`);
  return status.token;
}
