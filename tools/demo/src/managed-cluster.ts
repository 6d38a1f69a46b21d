import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Namespace, Secret } from '@ocm/api';
import { connect, kubeconfigFile } from '@ocm/kube';
import { type ControlPlane, until } from '@ocm/testing';
import { BOOTSTRAP_GROUP } from './bootstrap-rights.ts';
import type { Component } from './components.ts';
import type { Scene } from './scene.ts';
import { reached } from './cluster-progress.ts';

const AGENT_NAMESPACE = 'open-cluster-management-agent';
const BOOTSTRAP_SECRET = 'bootstrap-hub-kubeconfig';
const STEP_MS = 60_000;

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

  const bootstrap = await writeBootstrapKubeconfig(scene, name, plane);
  const registration = [...named, '--bootstrap-kubeconfig', bootstrap, '--hub-kubeconfig-dir', hubFiles];
  const registrationAgent = await scene.start({
    name: `${name}-registration-agent`,
    app: 'registration',
    args: registration,
  });

  await until(() => admin.accept(name), { describe: `${name} has asked to join`, deadlineMs: STEP_MS, signal });
  await until(() => reached(admin.observe(name)).includes('accepted'), {
    describe: `${name} is accepted by the hub`,
    deadlineMs: STEP_MS,
    signal,
  });
  await admin.createWork(name);

  const source = join(hubFiles, 'kubeconfig');
  await until(() => existsSync(source), { describe: `${name} has its hub credential`, deadlineMs: STEP_MS, signal });
  const work = [...named, '--workload-source-config', source, '--agent-id', name];
  const workAgent = await scene.start({ name: `${name}-work-agent`, app: 'work', args: work });
  return { registrationAgent, workAgent };
}

/** What the administrator of a managed cluster prepares: the agent's namespace and its bootstrap kubeconfig, as a secret and as a file. */
async function writeBootstrapKubeconfig(scene: Scene, name: string, plane: ControlPlane): Promise<string> {
  const { fleet, directory, signal } = scene;
  const path = join(directory, name, 'bootstrap-kubeconfig');
  await mkdir(join(directory, name), { recursive: true });
  const identity = { user: 'bootstrap', groups: [BOOTSTRAP_GROUP] };
  const text = await fleet.hub.kubeconfig(identity);
  await fleet.hub.writeKubeconfig(path, identity);
  await using spoke = await connect(kubeconfigFile(plane.adminKubeconfigPath), { userAgent: 'demo', signal });
  await spoke.kind(Namespace).create({ metadata: { name: AGENT_NAMESPACE } }, { signal });
  await spoke.kind(Secret).create(
    {
      metadata: { name: BOOTSTRAP_SECRET, namespace: AGENT_NAMESPACE },
      data: { kubeconfig: Buffer.from(text).toString('base64') },
    },
    { signal },
  );
  return path;
}
