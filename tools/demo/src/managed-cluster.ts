import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Namespace, Secret } from '@ocm/api';
import { connect, kubeconfigFile } from '@ocm/kube';
import { type ControlPlane, until } from '@ocm/testing';
import { BOOTSTRAP_GROUP } from './bootstrap-rights.ts';
import type { Component } from './components.ts';
import type { GrpcGateway } from './grpc-gateway.ts';
import type { Scene } from './scene.ts';
import { reached } from './cluster-progress.ts';

const AGENT_NAMESPACE = 'open-cluster-management-agent';
const BOOTSTRAP_SECRET = 'bootstrap-hub-kubeconfig';
const STEP_MS = 60_000;
/** Nobody listens there. */
const CLOSED = 'https://127.0.0.1:1';

/** The two agents of a cluster that has joined. */
export interface JoinedCluster {
  readonly registrationAgent: Component;
  readonly workAgent: Component;
}

/** Starts the agents of one managed cluster, accepts it on the hub, and gives it work; resolves when the work agent runs. */
export async function joinCluster(scene: Scene, name: string, plane: ControlPlane): Promise<JoinedCluster> {
  const { signal, admin } = scene;
  const hubFiles = join(scene.directory, name, 'hub-kubeconfig');
  const common = ['agent', '--kubeconfig', plane.adminKubeconfigPath, '--namespace', AGENT_NAMESPACE];
  const named = [...common, '--spoke-cluster-name', name];

  const route = await prepareRoute(scene, name, { plane, hubFiles });
  const registrationAgent = await scene.start({
    name: `${name}-registration-agent`,
    app: 'registration',
    args: [...named, '--hub-kubeconfig-dir', hubFiles, ...route.registrationFlags],
  });

  await until(() => admin.accept(name), { describe: `${name} has asked to join`, deadlineMs: STEP_MS, signal });
  await until(() => reached(admin.observe(name)).includes('accepted'), {
    describe: `${name} is accepted by the hub`,
    deadlineMs: STEP_MS,
    signal,
  });
  await admin.createWork(name);

  const { credential } = route;
  await until(() => existsSync(credential), {
    describe: `${name} has its hub credential`,
    deadlineMs: STEP_MS,
    signal,
  });
  const work = [...named, '--workload-source-config', credential, '--agent-id', name, ...route.workFlags];
  const workAgent = await scene.start({ name: `${name}-work-agent`, app: 'work', args: work });
  return { registrationAgent, workAgent };
}

/** How the agents of a cluster reach the hub. */
interface Route {
  readonly registrationFlags: readonly string[];
  readonly workFlags: readonly string[];
  /** File that is there when the agent has its credential; with it the work agent goes to the hub. */
  readonly credential: string;
}

/** What the administrator of a managed cluster prepares: the agent's namespace and what it needs to ask to join, as a secret and as files. */
async function prepareRoute(
  scene: Scene,
  name: string,
  { plane, hubFiles }: { readonly plane: ControlPlane; readonly hubFiles: string },
): Promise<Route> {
  const { fleet, gateway, signal } = scene;
  const directory = join(scene.directory, name);
  const path = (file: string): string => join(directory, 'bootstrap', file);
  const overGrpc = gateway?.clusters.includes(name) === true ? gateway : undefined;
  const identity = { user: 'bootstrap', groups: [BOOTSTRAP_GROUP] };
  // By gRPC the kubeconfig is but a template for the one that the agent writes: nobody may dial it.
  const via = overGrpc === undefined ? {} : { server: CLOSED };
  const files = { kubeconfig: await fleet.hub.kubeconfig(identity, via), ...grpcFiles(overGrpc) };
  await mkdir(path(''), { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(path(file), text, { mode: 0o600 });
  await using spoke = await connect(kubeconfigFile(plane.adminKubeconfigPath), { userAgent: 'demo', signal });
  await spoke.kind(Namespace).create({ metadata: { name: AGENT_NAMESPACE } }, { signal });
  const data = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, base64(text)]));
  const metadata = { name: BOOTSTRAP_SECRET, namespace: AGENT_NAMESPACE };
  await spoke.kind(Secret).create({ metadata, data }, { signal });
  const bootstrapFlags = ['--bootstrap-kubeconfig', path('kubeconfig')];
  if (overGrpc === undefined) {
    return { registrationFlags: bootstrapFlags, workFlags: [], credential: join(hubFiles, 'kubeconfig') };
  }
  const credential = join(hubFiles, 'config.yaml');
  const configs = ['--grpc-bootstrap-config', path('config.yaml'), '--grpc-config', credential];
  return {
    registrationFlags: [...bootstrapFlags, '--registration-auth', 'grpc', ...configs],
    workFlags: ['--workload-source-driver', 'grpc', '--cloudevents-client-id', `${name}-work-agent`],
    credential,
  };
}

function grpcFiles(gateway: GrpcGateway | undefined): { readonly 'config.yaml'?: string } {
  if (gateway === undefined) return {};
  const { url, caPem, token } = gateway;
  return { 'config.yaml': JSON.stringify({ url, caData: base64(caPem), token }) }; // JSON is YAML
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
