import { ConfigMap } from '@ocm/api';
import { connect, kubeconfigFile } from '@ocm/kube';
import { until } from '@ocm/testing';
import { MILESTONES } from './cluster-progress.ts';
import { showDrift } from './drift-scene.ts';
import type { Fleet } from './fleet.ts';
import { GREETING, TEAM_NAMESPACE } from './greeting.ts';
import { HELLO_NAMESPACE, HELLO_WORK } from './hello-work.ts';
import { joinCluster } from './managed-cluster.ts';
import { progressBoard, type ProgressBoard } from './progress-board.ts';
import { removeRollout, showRollout } from './rollout-scene.ts';
import { HUB_NAMESPACE } from './hub-namespace.ts';
import { openScene, type Scene } from './scene.ts';
import type { Screen } from './screen.ts';
import { showSeparation } from './separation-scene.ts';

const CLUSTERS = ['cluster1', 'cluster2'];
/** Joins with `grpc`: its agents have no way to the hub's API. */
const CLUSTER_OVER_GRPC = 'cluster3';
const STEP_MS = 60_000;

export interface DemoOptions {
  /** Delete the works at the end, show the pruning, and return. Otherwise it runs until the signal fires. */
  readonly once: boolean;
  /** Also a third cluster, whose agents reach a gRPC server instead of the hub's API. */
  readonly grpc: boolean;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** The whole demo. Rejects when a step does not come to its end within a minute; everything it started is gone afterwards. */
export async function demo({ once, grpc, screen, signal }: DemoOptions): Promise<void> {
  const startedAt = performance.now();
  // At once, also while control planes start, which nothing interrupts.
  signal.addEventListener('abort', () => screen.say('Stopping ...'), { once: true });
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const overGrpc = grpc ? [CLUSTER_OVER_GRPC] : [];
  const names = [...CLUSTERS, ...overGrpc];
  screen.say(
    `Starting a hub and ${grpc ? 'three' : 'two'} managed clusters (etcd, kube-apiserver, kube-controller-manager) and our controllers ...`,
  );
  await using scene = await openScene({ names, signal, run: 'source', overGrpc, audit: grpc });
  const columns = MILESTONES.filter((milestone) => once || milestone !== 'work pruned');
  const play = async (): Promise<void> => {
    await startSchedulers(scene);
    screen.say('Starting a registration agent and a work agent per cluster ...');
    const board = progressBoard({ names, admin: scene.admin, screen, columns, seconds });
    await showJoining(scene, board);
    await showDrift(scene, screen);
    await showRollout(scene, screen);
    if (grpc) await tellSeparation(scene, screen);
    if (!once) return stay(scene, screen);
    screen.say('\nDeleting the replica set and the works ...');
    await removeRollout(scene);
    await showPruning(scene, board);
    if (grpc) await tellSeparation(scene, screen);
  };
  try {
    await Promise.race([play(), scene.failure]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (!signal.aborted) screen.say('Stopping ...');
}

async function tellSeparation(scene: Scene, screen: Screen): Promise<void> {
  screen.say("\nWho has used the hub's API, by its audit log:");
  await showSeparation(scene, screen);
}

/** On the hub, besides the registration controller: who chooses clusters, and who gives work to those that are chosen. */
async function startSchedulers(scene: Scene): Promise<void> {
  const common = ['--kubeconfig', scene.fleet.hub.adminKubeconfigPath, '--namespace', HUB_NAMESPACE];
  await scene.start({ name: 'placement-controller', app: 'placement', args: ['controller', ...common] });
  const gates = '--feature-gates=ManifestWorkReplicaSet=true,CleanUpCompletedManifestWork=true';
  await scene.start({ name: 'work-manager', app: 'work', args: ['manager', ...common, gates] });
}

async function showJoining(scene: Scene, board: ProgressBoard): Promise<void> {
  await Promise.all([...scene.fleet.clusters].map(([name, plane]) => joinCluster(scene, name, plane)));
  for (const milestone of ['available', 'work applied'] as const) {
    const describe = `every cluster has reached "${milestone}"`;
    await until(() => board.all(milestone), { describe, deadlineMs: STEP_MS, signal: scene.signal });
  }
}

/** Deletes the works and waits until the objects are gone from the managed clusters, not only the works from the hub. */
async function showPruning({ admin, fleet, signal }: Scene, board: ProgressBoard): Promise<void> {
  await Promise.all(
    [...fleet.clusters].map(async ([name, plane]) => {
      await admin.deleteWork(name);
      const waiting = { deadlineMs: STEP_MS, signal };
      await until(() => admin.observe(name).work === undefined, {
        describe: `the work of ${name} is gone`,
        ...waiting,
      });
      await using spoke = await connect(kubeconfigFile(plane.adminKubeconfigPath), { userAgent: 'demo', signal });
      const applied = spoke.kind(ConfigMap);
      await until(async () => !(await applied.find({ namespace: HELLO_NAMESPACE, name: 'hello' }, { signal })), {
        describe: `${name} has pruned the objects of the work`,
        ...waiting,
      });
      board.mark(name, 'work pruned');
    }),
  );
}

/** Tells what to try, and waits for Ctrl-C. */
async function stay({ fleet, directory, signal }: Scene, screen: Screen): Promise<void> {
  screen.say(`\n${whatToTry(fleet, directory)}\n\nRunning until Ctrl-C.`);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function whatToTry({ hub, clusters }: Fleet, directory: string): string {
  const first = clusters.get('cluster1')?.adminKubeconfigPath ?? '';
  return [
    'Try, in another terminal:',
    `  kubectl --kubeconfig ${hub.adminKubeconfigPath} get managedclusters`,
    `  kubectl --kubeconfig ${hub.adminKubeconfigPath} -n cluster1 get manifestwork ${HELLO_WORK} -o yaml`,
    `  kubectl --kubeconfig ${first} -n ${HELLO_NAMESPACE} get configmaps,deployments,services`,
    `  kubectl --kubeconfig ${first} -n ${HELLO_NAMESPACE} delete service hello   # comes back at once`,
    `  kubectl --kubeconfig ${hub.adminKubeconfigPath} -n ${TEAM_NAMESPACE} get placements,mwrs`,
    `  kubectl --kubeconfig ${hub.adminKubeconfigPath} -n ${TEAM_NAMESPACE} delete mwrs ${GREETING}`,
    `  kubectl --kubeconfig ${hub.adminKubeconfigPath} -n cluster1 delete manifestwork ${HELLO_WORK}`,
    'Kubeconfigs:',
    `  hub: ${hub.adminKubeconfigPath}`,
    ...[...clusters].map(([name, plane]) => `  ${name}: ${plane.adminKubeconfigPath}`),
    `Logs: ${directory}`,
  ].join('\n');
}
