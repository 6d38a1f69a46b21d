import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddOnPlacementScore, KubeObject, Placement } from '@ocm/api';
import { type KubeClient, type Logger, silentLogger } from '@ocm/kube';
import { until } from '@ocm/testing';
import { MemoryHub } from './memory-hub.ts';
import {
  benchManagedCluster,
  benchPlacements,
  benchTenants,
  PLACEMENT_LOADS,
  type PlacementLoad,
} from './placement-objects.ts';
import type { Figure } from './report.ts';

/** The source of the controller: a bundle has no door to run it without a network. */
const CONTROLLER = join(import.meta.dirname, '../../../apps/placement/src/controller/run-placement.ts');
const SIZES = [1000, 5000, 10_000] as const;
const SCORE = 'load';
/** Clusters and Placements of the curve, doubling in one direction and then in the other. */
const CURVE = [
  [1250, 1000],
  [2500, 1000],
  [5000, 1000],
  [10_000, 1000],
  [10_000, 500],
  [10_000, 250],
] as const;
const MICROSECONDS = 1e6;
const QUIET_MS = 500;

interface Controller {
  readonly runPlacement: (options: {
    readonly client: KubeClient;
    readonly signal: AbortSignal;
    readonly log: Logger;
  }) => Promise<void>;
}

function builtIn(word: string) {
  return { scoreCoordinate: { type: 'BuiltIn', builtIn: word } as const, weight: 1 };
}

/** Balance, allocatable CPU and the score of an add-on: what a large hub uses most. */
function scoredLoad(placements: number): PlacementLoad {
  const addOn = { resourceName: SCORE, scoreName: 'free' };
  const configurations = [
    builtIn('Balance'),
    builtIn('ResourceAllocatableCPU'),
    { scoreCoordinate: { type: 'AddOn', addOn } as const, weight: 1 },
  ];
  return {
    name: 'scored',
    what: `${placements} placements of 10 by Balance, CPU and an add-on's score`,
    placements,
    spec: () => ({ numberOfClusters: 10, prioritizerPolicy: { mode: 'Exact', configurations } }),
    referenceCpuSeconds: NaN,
  };
}

/** The placement controller without a network: processor time of deciding, caching and queueing, at up to 10,000 clusters. */
export async function benchPlacementInMemory(say: (text: string) => void): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const size of SIZES) {
    const suite = 'placement-cpu';
    say(`${size} clusters in memory ...`);
    await using running = await startInMemory(size, [...PLACEMENT_LOADS]);
    for (const load of PLACEMENT_LOADS) {
      const cpu = await cpuOf(() => running.decide(load));
      figures.push({ suite, name: `${size} clusters, ${load.what}`, value: cpu, unit: 's' });
    }
    await cpuOf(() => running.relabel('zone-a'));
    const cpu = await cpuOf(() => running.relabel('zone-b'));
    figures.push({ suite, name: `${size} clusters, one relabelled`, value: cpu, unit: 's', goal: '< 0.5' });
  }
  say('the curve ...');
  return [...figures, ...(await curve())];
}

async function curve(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [clusters, placements] of CURVE) {
    const load = scoredLoad(placements);
    await using running = await startInMemory(clusters, [load]);
    const cpu = await cpuOf(() => running.decide(load));
    const name = `${clusters} clusters, ${load.what}`;
    figures.push(
      { suite: 'placement-cpu', name, value: cpu, unit: 's' },
      {
        suite: 'placement-cpu',
        name: `${clusters} clusters, ${placements} placements: for each placement`,
        value: (cpu / placements) * 1000,
        unit: 'ms',
      },
    );
  }
  return figures;
}

interface Running extends AsyncDisposable {
  /** Creates the Placements of a load, and waits until they are decided. */
  readonly decide: (load: PlacementLoad) => Promise<void>;
  readonly relabel: (zone: string) => Promise<void>;
}

async function startInMemory(size: number, loads: readonly PlacementLoad[]): Promise<Running> {
  const hub = new MemoryHub();
  const { set, bindings } = benchTenants(loads);
  for (const object of [set, ...bindings]) hub.put(object);
  for (let index = 0; index < size; index += 1) {
    hub.put(benchManagedCluster(index));
    hub.put(benchScore(index));
  }
  const stop = new AbortController();
  const { runPlacement } = (await import(CONTROLLER)) as Controller;
  const ended = runPlacement({ client: hub.client(), signal: stop.signal, log: silentLogger });
  await quiet(hub);
  return {
    async decide(load) {
      for (const placement of benchPlacements(load)) hub.put(placement);
      const decided = (): boolean => hub.all('Placement').every(isDecided);
      await until(decided, { describe: `${load.what} are decided`, deadlineMs: 120_000 });
      await quiet(hub);
    },
    async relabel(zone) {
      const cluster = benchManagedCluster(7);
      hub.put({ ...cluster, metadata: { ...cluster.metadata, labels: { ...cluster.metadata.labels, zone } } });
      await quiet(hub);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

function benchScore(index: number): AddOnPlacementScore {
  const { name } = benchManagedCluster(index).metadata;
  return {
    apiVersion: 'cluster.open-cluster-management.io/v1alpha1',
    kind: 'AddOnPlacementScore',
    metadata: { name: SCORE, namespace: name },
    status: { scores: [{ name: 'free', value: ((index * 7) % 201) - 100 }] },
  };
}

function isDecided({ status }: KubeObject & Pick<Placement, 'status'>): boolean {
  return (status?.numberOfSelectedClusters ?? 0) > 0;
}

/** Waits until there have been no writes for a while. */
async function quiet(hub: MemoryHub): Promise<void> {
  for (let before = -1; before !== hub.writes();) {
    before = hub.writes();
    await sleep(QUIET_MS);
  }
}

async function cpuOf(job: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await job();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MICROSECONDS;
}
