import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlPlane, startControlPlane, startSupervisor, until } from '@ocm/testing';
import { createClusters, setUpByHand } from './fleet-floor.ts';
import { startNewcomer } from './newcomer.ts';
import { processFigures } from './process-figures.ts';
import { rawClient, type RawClient } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';
import { startController } from './registration-process.ts';
import { countsBetween, requestCounts } from './request-counts.ts';
import type { Figure } from './report.ts';

const SIZES = [1000, 5000] as const;
const LEASES = '/apis/coordination.k8s.io/v1/leases?limit=1';
const CLUSTERS = '/apis/cluster.open-cluster-management.io/v1/managedclusters';
/** The share of the fleet that is set up when the newcomer is accepted. */
const NEWCOMER_AT = 0.3;
const QUIET_MS = 8000;
const REST_MS = 30_000;
const suite = 'registration-fleet';

/** Accepted clusters found at the start of the hub controller, against a raw client that writes the same objects; one more joins meanwhile. */
export async function benchRegistrationFleet(say: (text: string) => void): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const size of SIZES) {
    const names = Array.from({ length: size }, (_, index) => `cluster-${index}`);
    say(`${size} clusters, the floor: a raw client writes what the hub has to write ...`);
    const floorMs = await withPlane(async (_plane, raw) => {
      await createClusters(raw, names);
      return timed(() => setUpByHand(raw, names));
    });
    say(`${size} clusters, ours, with a newcomer ...`);
    figures.push(...(await withPlane((plane, raw) => measureHub({ plane, raw, names, floorMs }))));
  }
  return figures;
}

async function withPlane<T>(job: (plane: ControlPlane, raw: RawClient) => Promise<T>): Promise<T> {
  await using plane = await startControlPlane({ controllerManager: true });
  const raw = rawClient(rawTarget(await readFile(plane.adminKubeconfigPath, 'utf8')));
  try {
    return await job(plane, raw);
  } finally {
    raw.close();
  }
}

interface Fleet {
  readonly plane: ControlPlane;
  readonly raw: RawClient;
  readonly names: readonly string[];
  readonly floorMs: number;
}

async function measureHub({ plane, raw, names, floorMs }: Fleet): Promise<readonly Figure[]> {
  const supervisor = startSupervisor();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => supervisor.stop());
  const directory = await supervisor.makeDirectory('ocm-bench-');
  const hub = { directory, kubeconfig: plane.adminKubeconfigPath };
  await createClusters(raw, names);
  const newcomer = await startNewcomer(supervisor, { plane, raw, directory });
  const before = await requestCounts(raw);

  const foreign = await countLeases(raw);

  const begin = performance.now();
  const controller = await startController(supervisor, { ...hub, name: 'controller' });
  await untilLeases(raw, foreign + names.length * NEWCOMER_AT);
  const joined = newcomer.admit();
  await untilLeases(raw, foreign + names.length);
  const setUpMs = performance.now() - begin;
  const joinMs = await joined;
  await until(async () => (await countIncomplete(raw)) === 0, {
    describe: 'all clusters are complete',
    deadlineMs: 60_000,
  });
  const busy = countsBetween(before, await requestCounts(raw));
  const { residentMiB } = await processFigures(controller.pid);

  await untilQuiet(raw);
  const settled = await processFigures(controller.pid);
  controller.signal('SIGTERM');
  await controller.ended;
  const atRest = await requestCounts(raw);
  const successor = await startController(supervisor, { ...hub, name: 'successor' });
  await sleep(REST_MS);
  const restarted = countsBetween(atRest, await requestCounts(raw));
  const after = await processFigures(successor.pid);

  const size = names.length;
  const named = (what: string): string => `${size} clusters: ${what}`;
  return [
    { suite, name: named('raw client writes the same objects'), ...seconds(floorMs) },
    { suite, name: named('controller start -> all set up'), ...seconds(setUpMs) },
    { suite, name: named('against the raw client'), value: setUpMs / floorMs, unit: 'x', goal: '<= 1.5' },
    { suite, name: named('a newcomer meanwhile: accepted -> joined and available'), ...seconds(joinMs), goal: '< 5' },
    { suite, name: named('writes per cluster'), value: busy.writes / size, unit: '' },
    { suite, name: named('conflicts per cluster'), value: busy.conflicts / size, unit: '' },
    { suite, name: named('resident when set up'), value: residentMiB, unit: 'MiB', goal: '<= 150' },
    { suite, name: named('resident when settled'), value: settled.residentMiB, unit: 'MiB', goal: '<= 150' },
    { suite, name: named('resident after a restart'), value: after.residentMiB, unit: 'MiB', goal: '<= 150' },
    { suite, name: named('CPU of the set-up'), value: settled.cpuSeconds, unit: 's' },
    {
      suite,
      name: named(`writes in ${REST_MS / 1000} s after a restart`),
      value: restarted.writes,
      unit: '',
      goal: '0',
    },
  ];
}

function seconds(ms: number): Pick<Figure, 'value' | 'unit'> {
  return { value: ms / 1000, unit: 's' };
}

async function untilLeases(raw: RawClient, count: number): Promise<void> {
  await until(async () => (await countLeases(raw)) >= count, {
    describe: `${count} leases exist`,
    deadlineMs: 900_000,
  });
}

async function countLeases(raw: RawClient): Promise<number> {
  await sleep(200);
  const { items, metadata } = JSON.parse(await raw.send('GET', LEASES)) as {
    items: readonly unknown[];
    metadata: { remainingItemCount?: number };
  };
  return items.length + (metadata.remainingItemCount ?? 0);
}

interface SeenCluster {
  readonly spec: { readonly taints?: readonly unknown[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Clusters without their condition, or with neither taint nor word of their agent. */
async function countIncomplete(raw: RawClient): Promise<number> {
  const { items } = JSON.parse(await raw.send('GET', CLUSTERS)) as { items: readonly SeenCluster[] };
  const isTrue = ({ status }: SeenCluster, wanted: string): boolean =>
    status?.conditions?.some((condition) => condition.type === wanted && condition.status === 'True') ?? false;
  const isComplete = (cluster: SeenCluster): boolean =>
    isTrue(cluster, 'HubAcceptedManagedCluster') &&
    ((cluster.spec.taints ?? []).length > 0 || isTrue(cluster, 'ManagedClusterConditionAvailable'));
  return items.filter((cluster) => !isComplete(cluster)).length;
}

/** Until nobody has written for a while: clusters that nobody joins are diagnosed some seconds after their acceptance. */
async function untilQuiet(raw: RawClient): Promise<void> {
  await sleep(QUIET_MS * 2);
  for (let before = (await requestCounts(raw)).writes; ;) {
    await sleep(QUIET_MS);
    const { writes } = await requestCounts(raw);
    if (writes === before) return;
    before = writes;
  }
}

async function timed(job: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await job();
  return performance.now() - start;
}
