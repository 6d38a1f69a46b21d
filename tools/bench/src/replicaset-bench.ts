import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCondition, ManifestWork, ManifestWorkReplicaSet } from '@ocm/api';
import { connect, informer, type Informer, kubeconfigFile } from '@ocm/kube';
import { type ControlPlane, freePort, startControlPlane, startSupervisor, until } from '@ocm/testing';
import { processFigures } from './process-figures.ts';
import { inParallel, rawClient, type RawClient } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';
import { benchDecisions, benchReplicaSet, benchTemplate, benchWorkStatus } from './replicaset-objects.ts';
import type { Figure } from './report.ts';

const CLUSTERS = 1000;
/** Clusters at work at once in the progressive rollout. */
const CONCURRENCY = 100;
const BUNDLE = join(import.meta.dirname, '../../../apps/work/dist/work.mjs');
const WORKS = '/apis/work.open-cluster-management.io';
const PLACEMENTS = '/apis/cluster.open-cluster-management.io/v1beta1';
const OWNER = 'work.open-cluster-management.io/manifestworkreplicaset';
const DEADLINE_MS = 300_000;
const suite = 'replicaset';

interface Bench {
  readonly hub: ControlPlane;
  readonly raw: RawClient;
  readonly pid: number;
  readonly clusters: readonly string[];
  readonly works: Informer<ManifestWork>;
  readonly sets: Informer<ManifestWorkReplicaSet>;
}

/** One ManifestWorkReplicaSet over 1,000 clusters, all at once and step by step, against a raw client that does the same writes. */
export async function benchReplicaSets(say: (text: string) => void): Promise<readonly Figure[]> {
  const stop = new AbortController();
  await using stack = new AsyncDisposableStack();
  const hub = stack.use(await startControlPlane({ audit: true }));
  const raw = rawClient(rawTarget(await readFile(hub.adminKubeconfigPath, 'utf8')));
  stack.defer(() => raw.close());
  const clusters = Array.from({ length: CLUSTERS }, (_, index) => `cluster-${String(index).padStart(4, '0')}`);
  say(`${CLUSTERS} cluster namespaces ...`);
  await inParallel([...clusters, 'all', 'steps'], (name) =>
    raw.send('POST', '/api/v1/namespaces', { metadata: { name } }),
  );
  for (const namespace of ['all', 'steps']) await decide(raw, namespace, clusters);
  const pid = await startManager(stack, hub);
  const client = stack.use(
    await connect(kubeconfigFile(hub.adminKubeconfigPath), { userAgent: 'bench', signal: stop.signal }),
  );
  const works = informer(client.kind(ManifestWork), { labelSelector: OWNER });
  const sets = informer(client.kind(ManifestWorkReplicaSet));
  const watching = [works, sets].map((cache) => cache.run(stop.signal));
  stack.defer(async () => {
    stop.abort();
    await Promise.all(watching);
  });
  await Promise.all([works, sets].map((cache) => cache.waitForSync(stop.signal)));
  const bench = { hub, raw, pid, clusters, works, sets };
  const figures = [...(await measureAll(bench, say)), ...(await measureSteps(bench, say))];
  const { residentMiB } = await processFigures(pid);
  return [...figures, { suite, name: 'resident, with 2,000 works', value: residentMiB, unit: 'MiB' }];
}

/** Everything at once: the raw client creates the same works; then a new template. */
async function measureAll(bench: Bench, say: (text: string) => void): Promise<readonly Figure[]> {
  const { raw, works } = bench;
  say('the floor: a raw client creates the works ...');
  const floorMs = await timed(() => createRaw(bench, 'floor', bench.clusters));
  const floorPatchMs = await timed(() =>
    inParallel(bench.clusters, (cluster) =>
      raw.send('PATCH', workPath(cluster, 'floor'), { spec: benchTemplate('two') }),
    ),
  );
  say('ours: one replica set, all clusters at once ...');
  const before = await requestsOf(bench);
  const oursMs = await timed(async () => {
    await raw.send('POST', setPath('all'), benchReplicaSet('all', { type: 'All' }));
    await until(() => works.size === CLUSTERS, waiting('all works exist'));
  });
  await until(() => summaryOf(bench, 'all') === CLUSTERS, waiting('the summary says so'));
  const requests = (await requestsOf(bench)) - before;
  say('ours: a new template ...');
  const updateMs = await timed(async () => {
    await raw.send('PATCH', `${setPath('all')}/app`, { spec: { manifestWorkTemplate: benchTemplate('two') } });
    await until(
      () => works.list().every(({ metadata }) => metadata.generation === 2),
      waiting('all works are updated'),
    );
  });
  return [
    { suite, name: 'raw client creates 1,000 works', ...seconds(floorMs) },
    { suite, name: 'replica set created -> 1,000 works exist', ...seconds(oursMs) },
    { suite, name: 'against the raw client', ...ratio(oursMs, floorMs), goal: '<= 1.5' },
    { suite, name: 'requests per work until all is reported (minimum 1)', value: requests / CLUSTERS, unit: '' },
    { suite, name: 'new template -> 1,000 works updated', ...seconds(updateMs) },
    { suite, name: 'new template, against the raw client', ...ratio(updateMs, floorPatchMs), goal: '<= 1.5' },
  ];
}

/** Step by step: whoever gets a work answers at once, by the raw client; the floor is the same in waves. */
async function measureSteps(bench: Bench, say: (text: string) => void): Promise<readonly Figure[]> {
  const { raw, works, clusters } = bench;
  say('the floor: a raw client rolls out in waves, and reports ...');
  const floorMs = await timed(async () => {
    for (let from = 0; from < CLUSTERS; from += CONCURRENCY) {
      const wave = clusters.slice(from, from + CONCURRENCY);
      await createRaw(bench, 'wave', wave);
      await inParallel(wave, (cluster) => raw.send('PATCH', `${workPath(cluster, 'wave')}/status`, benchWorkStatus(1)));
    }
  });
  say(`ours: one replica set, ${CONCURRENCY} clusters at a time ...`);
  const before = await requestsOf(bench);
  const reports: Promise<unknown>[] = [];
  const leave = works.subscribe((event) => {
    if (event.type !== 'added' || event.object.metadata.labels?.[OWNER] !== 'steps.app') return;
    const { namespace = '', name } = event.object.metadata;
    reports.push(raw.send('PATCH', `${workPath(namespace, name)}/status`, benchWorkStatus(1)));
  });
  const oursMs = await timed(async () => {
    const strategy = { type: 'Progressive', progressive: { maxConcurrency: CONCURRENCY } };
    await raw.send('POST', setPath('steps'), benchReplicaSet('steps', strategy));
    await until(() => isRolledOut(bench, 'steps'), waiting('the rollout is complete'));
  });
  leave();
  await Promise.all(reports);
  const requests = (await requestsOf(bench)) - before;
  return [
    { suite, name: 'raw client rolls out in waves of 100', ...seconds(floorMs) },
    { suite, name: 'progressive rollout, 100 at a time', ...seconds(oursMs) },
    { suite, name: 'progressive rollout, against the raw client', ...ratio(oursMs, floorMs), goal: '<= 1.5' },
    { suite, name: 'progressive rollout, requests per work (minimum 1)', value: requests / CLUSTERS, unit: '' },
  ];
}

async function decide(raw: RawClient, namespace: string, clusters: readonly string[]): Promise<void> {
  const { placement, slices } = benchDecisions(namespace, clusters);
  for (const [plural, objects] of [
    ['placements', [placement]],
    ['placementdecisions', slices],
  ] as const) {
    for (const object of objects) {
      const path = `${PLACEMENTS}/namespaces/${namespace}/${plural}`;
      await raw.send('POST', path, object);
      await raw.send('PATCH', `${path}/${object.metadata.name}/status`, { status: object.status });
    }
  }
}

async function startManager(stack: AsyncDisposableStack, hub: ControlPlane): Promise<number> {
  const supervisor = stack.adopt(startSupervisor(), (started) => started.stop());
  const directory = await supervisor.makeDirectory('ocm-bench-');
  const args = [
    BUNDLE,
    'manager',
    '--feature-gates=ManifestWorkReplicaSet=true',
    `--kubeconfig=${hub.adminKubeconfigPath}`,
    '--namespace=default',
    '--disable-leader-election',
    `--listen=127.0.0.1:${await freePort()}`,
  ];
  return supervisor.start(process.execPath, { args, logFile: join(directory, 'work-manager.log') }).pid;
}

/** What the manager has asked of the API server so far, without watches. */
async function requestsOf({ hub }: Bench): Promise<number> {
  const entries = await hub.readAudit();
  return entries.filter(({ userAgent, verb }) => userAgent.startsWith('work-manager') && verb !== 'watch').length;
}

function createRaw({ raw }: Bench, name: string, clusters: readonly string[]): Promise<void> {
  return inParallel(clusters, (namespace) =>
    raw.send('POST', `${WORKS}/v1/namespaces/${namespace}/manifestworks`, {
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name, namespace },
      spec: benchTemplate('one'),
    }),
  );
}

function summaryOf({ sets }: Bench, namespace: string): number {
  return sets.get({ namespace, name: 'app' })?.status?.summary?.total ?? 0;
}

function isRolledOut({ sets }: Bench, namespace: string): boolean {
  const conditions = sets.get({ namespace, name: 'app' })?.status?.conditions;
  return findCondition(conditions, 'PlacementRolledOut')?.status === 'True';
}

function setPath(namespace: string): string {
  return `${WORKS}/v1alpha1/namespaces/${namespace}/manifestworkreplicasets`;
}

function workPath(namespace: string, name: string): string {
  return `${WORKS}/v1/namespaces/${namespace}/manifestworks/${name}`;
}

function waiting(describe: string): { readonly describe: string; readonly deadlineMs: number } {
  return { describe, deadlineMs: DEADLINE_MS };
}

function seconds(ms: number): Pick<Figure, 'value' | 'unit'> {
  return { value: ms / 1000, unit: 's' };
}

function ratio(ours: number, floor: number): Pick<Figure, 'value' | 'unit'> {
  return { value: ours / floor, unit: 'x' };
}

async function timed(job: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await job();
  return performance.now() - start;
}
