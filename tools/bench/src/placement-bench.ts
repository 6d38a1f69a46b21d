import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeObject, Placement, PlacementDecision } from '@ocm/api';
import { connect, informer, type Informer, kubeconfigFile } from '@ocm/kube';
import { type ControlPlane, freePort, startControlPlane, startSupervisor, until } from '@ocm/testing';
import {
  benchManagedCluster,
  benchPlacements,
  benchTenants,
  PLACEMENT_LOADS,
  type PlacementLoad,
} from './placement-objects.ts';
import { foundWrites, writeAgain } from './placement-raw-writes.ts';
import { processFigures } from './process-figures.ts';
import { inParallel, rawClient, type RawClient } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';
import type { Figure } from './report.ts';

const BUNDLE = join(import.meta.dirname, '../../../apps/placement/dist/placement.mjs');
const CLUSTER = '/apis/cluster.open-cluster-management.io';
const SIZES = [1000, 5000, 10_000] as const;
/** What comes later than this after the work is done belongs to somebody else. */
const QUIET_MS = 1500;
const TICK_MS = 50;
const RAW_SUFFIX = '-raw';

/** The hub, the raw client, and the placement controller as a process of its own. */
interface Bench {
  readonly raw: RawClient;
  readonly pid: number;
  readonly placements: Informer<Placement>;
  readonly slices: Informer<PlacementDecision>;
  readonly say: (text: string) => void;
}

/** The placement controller as a bundle with 1,000 and 5,000 clusters, against a raw client that does the same writes. */
export async function benchPlacement(say: (text: string) => void): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const size of SIZES) figures.push(...(await benchWith(size, say)));
  return figures;
}

async function benchWith(size: number, say: (text: string) => void): Promise<readonly Figure[]> {
  const stop = new AbortController();
  await using stack = new AsyncDisposableStack();
  const hub = stack.use(await startControlPlane());
  const raw = rawClient(rawTarget(await readFile(hub.adminKubeconfigPath, 'utf8')));
  stack.defer(() => raw.close());
  say(`${size} clusters ...`);
  await populate(raw, size);
  const process = await startController(stack, hub);
  const client = stack.use(
    await connect(kubeconfigFile(hub.adminKubeconfigPath), { userAgent: 'bench', signal: stop.signal }),
  );
  const placements = informer(client.kind(Placement));
  const slices = informer(client.kind(PlacementDecision));
  const watching = [placements.run(stop.signal), slices.run(stop.signal)];
  await Promise.all([placements, slices].map((cache) => cache.waitForSync(stop.signal)));
  const figures = await measure({ raw, pid: process.pid, placements, slices, say }, size);
  stop.abort();
  await Promise.all(watching);
  return figures;
}

async function populate(raw: RawClient, size: number): Promise<void> {
  const loads = [...PLACEMENT_LOADS, ...PLACEMENT_LOADS.map((load) => ({ ...load, name: load.name + RAW_SUFFIX }))];
  // The raw client's namespaces have no binding, so that the controller finds nothing to choose there.
  const { set, namespaces } = benchTenants(loads);
  const { bindings } = benchTenants(PLACEMENT_LOADS);
  await raw.send('POST', `${CLUSTER}/v1beta2/managedclustersets`, set);
  await inParallel(namespaces, (namespace) => raw.send('POST', '/api/v1/namespaces', namespace));
  await inParallel(bindings, (binding) =>
    raw.send('POST', `${CLUSTER}/v1beta2/namespaces/${binding.metadata.namespace}/managedclustersetbindings`, binding),
  );
  await inParallel(
    Array.from({ length: size }, (_, index) => benchManagedCluster(index)),
    async (cluster) => {
      await raw.send('POST', `${CLUSTER}/v1/managedclusters`, cluster);
      const { status, metadata } = cluster;
      await raw.send('PATCH', `${CLUSTER}/v1/managedclusters/${metadata.name}/status`, { status });
    },
  );
}

async function startController(stack: AsyncDisposableStack, hub: ControlPlane): Promise<{ readonly pid: number }> {
  const supervisor = stack.adopt(startSupervisor(), (started) => started.stop());
  const directory = await supervisor.makeDirectory('ocm-bench-');
  const port = await freePort();
  const args = [
    BUNDLE,
    'controller',
    `--kubeconfig=${hub.adminKubeconfigPath}`,
    '--namespace=default',
    '--disable-leader-election',
    `--listen=127.0.0.1:${port}`,
  ];
  const started = supervisor.start(process.execPath, { args, logFile: join(directory, 'placement.log') });
  return { pid: started.pid };
}

async function measure(bench: Bench, size: number): Promise<readonly Figure[]> {
  const suite = `placement, ${size} clusters`;
  const figures: Figure[] = [];
  await quiet(bench.pid);
  const idle = await processFigures(bench.pid);
  figures.push({ suite, name: 'resident, clusters cached', value: idle.residentMiB, unit: 'MiB' });
  for (const load of PLACEMENT_LOADS) {
    bench.say(`${load.what} ...`);
    figures.push(...(await measureLoad(bench, load, { suite, size })));
  }
  bench.say('one cluster relabelled ...');
  figures.push(...(await measureRelabel(bench, suite)));
  const { residentMiB } = await processFigures(bench.pid);
  figures.push({ suite, name: 'resident, after the loads', value: residentMiB, unit: 'MiB', goal: '<= 150' });
  bench.say('the same writes by the raw client ...');
  return [...figures, ...(await measureRaw(bench, figures, suite))];
}

async function measureLoad(
  { raw, pid, placements }: Bench,
  load: PlacementLoad,
  { suite, size }: { readonly suite: string; readonly size: number },
): Promise<readonly Figure[]> {
  const wanted = benchPlacements(load);
  const before = await processFigures(pid);
  const startedAt = performance.now();
  await createPlacements(raw, load.name, wanted);
  const createdMs = performance.now() - startedAt;
  const decided = (): number =>
    placements
      .list()
      .filter(({ metadata, status }) => metadata.namespace === load.name && (status?.numberOfSelectedClusters ?? 0) > 0)
      .length;
  await until(() => decided() === wanted.length, { describe: `${load.what} are decided`, deadlineMs: 120_000 });
  const wallMs = performance.now() - startedAt;
  await quiet(pid);
  const after = await processFigures(pid);
  const cpu = after.cpuSeconds - before.cpuSeconds;
  const goal = size === 5000 ? { goal: `<= ${(load.referenceCpuSeconds / 5).toFixed(2)}` } : {};
  return [
    { suite, name: `${load.what}: creating them`, value: createdMs / 1000, unit: 's' },
    { suite, name: wallName(load), value: wallMs / 1000, unit: 's' },
    { suite, name: `${load.what}: CPU`, value: cpu, unit: 's', ...goal },
  ];
}

function wallName({ what }: PlacementLoad): string {
  return `${what}: first create -> all decided`;
}

async function measureRaw(bench: Bench, figures: readonly Figure[], suite: string): Promise<readonly Figure[]> {
  const { raw } = bench;
  const ratios: Figure[] = [];
  for (const load of PLACEMENT_LOADS) {
    const writes = await foundWrites(raw, load.name);
    const namespace = load.name + RAW_SUFFIX;
    await createPlacements(raw, namespace, benchPlacements({ ...load, name: namespace }).map(handedOver));
    const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
    await writeAgain(raw, namespace, writes);
    const rawMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpuBefore);
    const wall = figures.find(({ name }) => name === wallName(load))?.value ?? NaN;
    const count = writes.slices.length * 2 + writes.events.length + writes.placements.length;
    ratios.push(
      { suite, name: `${load.what}: ${count} writes by the raw client`, value: rawMs / 1000, unit: 's' },
      { suite, name: `${load.what}: CPU of the raw client for them`, value: (user + system) / 1e6, unit: 's' },
      {
        suite,
        name: `${load.what}: beyond 1.5 times that`,
        value: wall - 1.5 * (rawMs / 1000),
        unit: 's',
        goal: '<= 2',
      },
    );
  }
  return ratios;
}

/** So that the controller leaves them alone. */
function handedOver(placement: KubeObject): KubeObject {
  const annotations = { 'cluster.open-cluster-management.io/experimental-scheduling-disable': 'true' };
  return { ...placement, metadata: { ...placement.metadata, annotations } };
}

async function measureRelabel({ raw, pid, placements, slices }: Bench, suite: string): Promise<readonly Figure[]> {
  const path = `${CLUSTER}/v1/managedclusters/${benchManagedCluster(7).metadata.name}`;
  // What other placements have chosen since makes some move, which a second change does not.
  await raw.send('PATCH', path, { metadata: { labels: { zone: 'zone-of-its-own' } } });
  await quiet(pid);
  const versions = (): string =>
    [...placements.list(), ...slices.list()].map(({ metadata }) => metadata.resourceVersion).join();
  const [before, versionsBefore] = [await processFigures(pid), versions()];
  const startedAt = performance.now();
  await raw.send('PATCH', path, { metadata: { labels: { zone: 'zone-0' } } });
  const lastBusyAt = await quiet(pid);
  const { cpuSeconds } = await processFigures(pid);
  return [
    {
      suite,
      name: `one cluster relabelled, ${placements.size} placements: CPU`,
      value: cpuSeconds - before.cpuSeconds,
      unit: 's',
      goal: '< 0.5',
    },
    {
      suite,
      name: `one cluster relabelled, ${placements.size} placements: until quiet`,
      value: Math.max(0, lastBusyAt - startedAt) / 1000,
      unit: 's',
      goal: '< 1',
    },
    {
      suite,
      name: 'one cluster relabelled: objects written',
      value: Number(versions() !== versionsBefore),
      unit: '',
      goal: '0',
    },
  ];
}

function createPlacements(raw: RawClient, namespace: string, placements: readonly KubeObject[]): Promise<void> {
  return inParallel(placements, (placement) =>
    raw.send('POST', `${CLUSTER}/v1beta1/namespaces/${namespace}/placements`, placement),
  );
}

/** Waits until the process has done nothing for a while; returns when it last did something. */
async function quiet(pid: number): Promise<number> {
  let [seconds, busyAt] = [-1, performance.now()];
  for (;;) {
    const { cpuSeconds } = await processFigures(pid);
    // Two clock ticks in an interval are housekeeping.
    if (cpuSeconds - seconds > 0.02) busyAt = performance.now();
    seconds = cpuSeconds;
    if (performance.now() - busyAt > QUIET_MS) return busyAt;
    await sleep(TICK_MS);
  }
}
