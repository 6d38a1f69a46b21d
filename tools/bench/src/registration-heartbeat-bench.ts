import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane, startSupervisor, until } from '@ocm/testing';
import { createClusters, setUpByHand } from './fleet-floor.ts';
import { processFigures } from './process-figures.ts';
import { inParallel, rawClient, type RawClient } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';
import { startController } from './registration-process.ts';
import type { Figure } from './report.ts';

const ALIVE = 5000;
const SILENT = 50;
/** Grace of the silent ones: five times as long. */
const SILENT_DURATION_SECONDS = 30;
const RENEWAL_MS = 60_000;
const OBSERVE_MS = 300_000;
const CLUSTERS = '/apis/cluster.open-cluster-management.io/v1/managedclusters';
const AVAILABLE = 'ManagedClusterConditionAvailable';
const suite = 'registration-heartbeat';

/** A fleet that renews its leases, and a few clusters that fall silent: what watching costs the hub, and whether it judges right. */
export async function benchRegistrationHeartbeat(say: (text: string) => void): Promise<readonly Figure[]> {
  await using plane = await startControlPlane();
  const raw = rawClient(rawTarget(await readFile(plane.adminKubeconfigPath, 'utf8')));
  const supervisor = startSupervisor();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => supervisor.stop());
  stack.defer(() => raw.close());
  const alive = Array.from({ length: ALIVE }, (_, index) => `alive-${index}`);
  const silent = Array.from({ length: SILENT }, (_, index) => `silent-${index}`);
  say(`${ALIVE} clusters and ${SILENT} that will fall silent: setting up ...`);
  await createClusters(raw, alive);
  await createClusters(raw, silent, { leaseDurationSeconds: SILENT_DURATION_SECONDS });
  await setUpByHand(raw, [...alive, ...silent]);
  await inParallel([...alive, ...silent], (name) => report(raw, name));

  const directory = await supervisor.makeDirectory('ocm-bench-');
  const controller = await startController(supervisor, {
    name: 'controller',
    directory,
    kubeconfig: plane.adminKubeconfigPath,
  });
  await until(async () => (await tainted(raw)) === 0, { describe: 'the hub has seen the fleet', deadlineMs: 180_000 });
  await sleep(RENEWAL_MS / 6);
  say(`heartbeats for ${OBSERVE_MS / 60_000} minutes ...`);
  const before = await processFigures(controller.pid);
  await beat(raw, alive);
  const after = await processFigures(controller.pid);
  const judged = await judgements(raw);
  const share = ((after.cpuSeconds - before.cpuSeconds) / (OBSERVE_MS / 1000)) * 100;
  return [
    { suite, name: `${ALIVE} leases renewed every 60 s: CPU of the hub controller`, value: share, unit: '% of a core' },
    { suite, name: 'resident', value: after.residentMiB, unit: 'MiB', goal: '<= 150' },
    { suite, name: 'alive clusters judged Unknown', value: judged.wronglyUnknown, unit: '', goal: '0' },
    { suite, name: 'silent clusters not judged Unknown', value: judged.missed, unit: '', goal: '0' },
    { suite, name: 'longest delay of a judgement', value: judged.longestDelaySeconds, unit: 's', goal: '<= 2' },
  ];
}

/** What an agent reports at first: it is there, and so is its cluster. Its lease is fresh. */
async function report(raw: RawClient, name: string): Promise<void> {
  const { status } = JSON.parse(await raw.send('GET', `${CLUSTERS}/${name}`)) as SeenCluster;
  const conditions = [...(status?.conditions ?? []), conditionTrue('ManagedClusterJoined'), conditionTrue(AVAILABLE)];
  await raw.send('PATCH', `${CLUSTERS}/${name}/status`, { status: { conditions } });
  await renew(raw, name);
}

function conditionTrue(type: string): SeenCondition {
  return { type, status: 'True', reason: 'Bench', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
}

async function renew(raw: RawClient, name: string): Promise<void> {
  const renewTime = new Date().toISOString().replace('Z', '000Z');
  const path = `/apis/coordination.k8s.io/v1/namespaces/${name}/leases/managed-cluster-lease`;
  await raw.send('PATCH', path, { spec: { renewTime } });
}

/** Renews each lease once a minute, evenly spread. */
async function beat(raw: RawClient, names: readonly string[]): Promise<void> {
  const begin = performance.now();
  const beats = Math.floor(OBSERVE_MS / RENEWAL_MS) * names.length;
  const stepMs = RENEWAL_MS / names.length;
  const numbers = Array.from({ length: beats }, (_, index) => index);
  await inParallel(numbers, async (number) => {
    await sleep(Math.max(0, begin + number * stepMs - performance.now()));
    await renew(raw, names[number % names.length] ?? '');
  });
}

interface SeenCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

interface SeenCluster {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly taints?: readonly unknown[] };
  readonly status?: { readonly conditions?: readonly SeenCondition[] };
}

function availabilityOf({ status }: SeenCluster): SeenCondition | undefined {
  return status?.conditions?.find(({ type }) => type === AVAILABLE);
}

async function allClusters(raw: RawClient): Promise<readonly SeenCluster[]> {
  return (JSON.parse(await raw.send('GET', CLUSTERS)) as { readonly items: readonly SeenCluster[] }).items;
}

/** The taint of the floor is wrong for an available cluster, and the hub takes it away. */
async function tainted(raw: RawClient): Promise<number> {
  return (await allClusters(raw)).filter(({ spec }) => (spec.taints ?? []).length > 0).length;
}

interface Judgements {
  readonly wronglyUnknown: number;
  readonly missed: number;
  readonly longestDelaySeconds: number;
}

async function judgements(raw: RawClient): Promise<Judgements> {
  const clusters = await allClusters(raw);
  const unknown = clusters.filter((cluster) => availabilityOf(cluster)?.status === 'Unknown');
  const lost = unknown.filter(({ metadata }) => metadata.name.startsWith('silent-'));
  const delays = await Promise.all(
    lost.map(async (cluster) => {
      const path = `/apis/coordination.k8s.io/v1/namespaces/${cluster.metadata.name}/leases/managed-cluster-lease`;
      const { spec } = JSON.parse(await raw.send('GET', path)) as { readonly spec: { readonly renewTime: string } };
      const dueMs = Date.parse(spec.renewTime) + SILENT_DURATION_SECONDS * 5 * 1000;
      return (Date.parse(availabilityOf(cluster)?.lastTransitionTime ?? '') - dueMs) / 1000;
    }),
  );
  return {
    wronglyUnknown: unknown.length - lost.length,
    missed: SILENT - lost.length,
    longestDelaySeconds: Math.max(0, ...delays),
  };
}
