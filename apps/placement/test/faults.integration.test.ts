import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Namespace, Placement, PlacementDecision } from '@ocm/api';
import { decidedClusters } from '@ocm/fleet';
import { type Clock, informer, isKubeError, silentLogger, systemClock } from '@ocm/kube';
import { aNamespace, type FaultProxy, startFaultProxy, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlacementLab, startPlacementLab, Tenant, USER } from './placement-lab.ts';
import { startPlacementProcess } from './placement-process.ts';

const CONTROLLER = { userAgent: /^placement/ } as const;
/** What is written besides events. */
const WRITTEN = { resource: ['placementdecisions', 'placementdecisions/status', 'placements/status'] } as const;
/** Two of them in a slice. When the first one goes, each of the others but one moves to the slice before. */
const CLUSTERS = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
const STAYING = CLUSTERS.slice(1);
const PAIRS = { decisionStrategy: { groupStrategy: { clustersPerDecisionGroup: 2 } } };

let lab: PlacementLab;
let proxy: FaultProxy;

beforeAll(async () => {
  lab = await startPlacementLab();
  proxy = await startFaultProxy({ controlPlane: lab.controlPlane });
});
afterAll(async () => {
  await proxy.close();
  await lab[Symbol.asyncDispose]();
});

/** Watches the slices of a tenant, and notes each moment at which a cluster that stays is in none of them. */
async function watchForGaps(t: Tenant): Promise<{ readonly gaps: readonly string[] } & AsyncDisposable> {
  const stop = new AbortController();
  const slices = informer(lab.admin.kind(PlacementDecision), { namespace: t.name });
  const running = slices.run(stop.signal);
  await slices.waitForSync(stop.signal);
  const gaps: string[] = [];
  slices.subscribe(({ type, object }) => {
    const present = new Set(slices.list().flatMap(decidedClusters));
    const missing = STAYING.filter((suffix) => !present.has(t.cluster(suffix)));
    if (missing.length > 0) gaps.push(`${missing.join()} after ${type} ${object.metadata.name}`);
  });
  return {
    gaps,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

/** Takes the first cluster out of the set, or puts it back. */
function moveFirst(t: Tenant, isIn: boolean): Promise<void> {
  const set = isIn ? t.name : 'nowhere';
  return t.changeCluster('c0', { metadata: { labels: { 'cluster.open-cluster-management.io/clusterset': set } } });
}

async function decided(t: Tenant, names: readonly string[]): Promise<void> {
  await using _controller = await lab.start();
  await t.decides('p', names);
}

describe('a controller that loses its hub', () => {
  test.each(['delivered', 'lost'] as const)(
    'after any write of an update of several slices (answer %s) leaves no gap, and its successor ends right',
    async (answer) => {
      const t = await Tenant.withSet(lab, `cut-${answer}`);
      await t.addClusters(CLUSTERS);
      await t.place('p', PAIRS);
      await decided(t, CLUSTERS);
      await using watch = await watchForGaps(t);
      let cuts = 0;
      for (let isIn = false; ; isIn = !isIn) {
        const names = isIn ? CLUSTERS : STAYING;
        await moveFirst(t, isIn);

        const cut = proxy.cutAfterWrites({ afterWrites: cuts + 1, answer, when: CONTROLLER, counting: WRITTEN });
        const doomed = await lab.start({ server: proxy.url });
        const isDone = async (): Promise<boolean> => cut.isCut || (await t.decisions('p')).join() === names.join();
        await until(isDone, { describe: `write ${cuts + 1} has been made` });
        await sleep(20); // what it would still do
        await doomed.stop().catch(() => {});
        const wasCut = cut.isCut;
        cut.restore();
        await decided(t, names);
        if (!wasCut) break;
        cuts += 1;
        if (cuts > 12) break;
      }
      expect(watch.gaps).toEqual([]);
      expect(cuts).toBeGreaterThanOrEqual(4);
    },
  );

  test('as a process killed in the middle of it is followed by another', async () => {
    const t = await Tenant.withSet(lab, 'killed');
    await t.addClusters(CLUSTERS);
    await t.place('p', PAIRS);
    await decided(t, CLUSTERS);
    await using watch = await watchForGaps(t);
    await lab.admin.kind(Namespace).create(aNamespace({ name: 'killed-hub' }), { signal: lab.signal });
    const kubeconfig = join(lab.controlPlane.directory, 'killed.kubeconfig');
    await writeFile(kubeconfig, await lab.controlPlane.kubeconfig({ user: USER }, { server: proxy.url }));
    const start = () =>
      startPlacementProcess([
        'controller',
        `--kubeconfig=${kubeconfig}`,
        '--namespace=killed-hub',
        '--listen=127.0.0.1:0',
        '--disable-leader-election',
      ]);
    const cut = proxy.cutAfterWrites({
      afterWrites: 2,
      answer: 'lost',
      when: CONTROLLER,
      counting: WRITTEN,
    });
    await moveFirst(t, false);
    await using first = start();
    await until(() => cut.isCut, { describe: 'two writes have been made' });
    first.signal('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    cut.restore();
    await using second = start();
    await t.decides('p', STAYING);
    expect(watch.gaps).toEqual([]);
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
  });
});

describe('a controller with a view of the past', () => {
  test('of its own slices does not write the same twice, and is right at once', async () => {
    const t = await Tenant.withSet(lab, 'stale');
    await t.addClusters(CLUSTERS);
    await using _controller = await lab.start({ server: proxy.url });
    await t.place('warm-up');
    await t.decides('warm-up', CLUSTERS);
    await proxy.freezeView({ resource: 'placementdecisions', ...CONTROLLER });
    proxy.clearRequests();
    await t.place('p', PAIRS);
    await t.decides('p', CLUSTERS);
    await moveFirst(t, false);
    await t.decides('p', STAYING);
    const refused = proxy.requests(CONTROLLER).filter(({ status = 0 }) => status >= 400 && status !== 429);
    proxy.thawView();
    expect(refused).toEqual([]);
    await moveFirst(t, true);
    await t.decides('p', CLUSTERS);
  });

  test('of the clusters catches up', async () => {
    const t = await Tenant.withSet(lab, 'stale-clusters');
    await t.addClusters(CLUSTERS);
    await t.place('p', PAIRS);
    await using _controller = await lab.start({ server: proxy.url });
    await t.decides('p', CLUSTERS);
    await proxy.freezeView({ resource: 'managedclusters', ...CONTROLLER });
    await moveFirst(t, false);
    await t.changePlacement('p', { spec: { numberOfClusters: 3 } });
    await t.decides('p', ['c0', 'c1', 'c2']);
    proxy.thawView();
    await t.decides('p', ['c1', 'c2', 'c3']);
  });
});

test('another writer of the same status neither stops the controller nor loses what it writes', async () => {
  const t = await Tenant.withSet(lab, 'storm');
  await t.addClusters(CLUSTERS);
  await t.place('p', PAIRS);
  await using _controller = await lab.start({ server: proxy.url });
  await t.decides('p', CLUSTERS);
  proxy.clearRequests();
  const stop = new AbortController();
  const storm = (async () => {
    const placements = lab.admin.kind(Placement);
    for (let second = 0; !stop.signal.aborted; second = (second + 1) % 60) {
      const lastScoreUpdateTime = `2026-01-31T12:00:${String(second).padStart(2, '0')}Z`;
      const patch = { status: { lastScoreUpdateTime } };
      try {
        await placements.mergePatch(t.ref('p'), patch, { signal: lab.signal, subresource: 'status' });
      } catch (error) {
        if (!isKubeError(error, 'conflict')) throw error; // the server tries a few times only
      }
      await sleep(5);
    }
  })();
  for (const isIn of [false, true, false]) {
    await moveFirst(t, isIn);
    await t.decides('p', isIn ? CLUSTERS : STAYING);
  }
  stop.abort();
  await storm;
  const status = (await t.placement('p')).status;
  expect(status?.numberOfSelectedClusters).toBe(STAYING.length);
  expect(status?.lastScoreUpdateTime).toMatch(/^2026-01-31/);
});

test('a clock that jumps ahead ends tolerations at the next occasion, one that jumps back renews them', async () => {
  let offsetMs = 0;
  const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + offsetMs) };
  const t = await Tenant.withSet(lab, 'clock');
  const taint = { key: 'k', effect: 'NoSelect', timeAdded: new Date().toISOString() } as const;
  await t.addClusters(['c1'], { taints: [{ ...taint, timeAdded: taint.timeAdded.replace(/\.\d+/, '') }] });
  await t.addClusters(['c2']);
  await t.place('p', { tolerations: [{ key: 'k', operator: 'Exists', tolerationSeconds: 3600 }] });
  await using _controller = await lab.start({ clock });
  await t.decides('p', ['c1', 'c2']);
  offsetMs = 2 * 3_600_000;
  await t.changeCluster('c2', { metadata: { labels: { any: 'thing' } } });
  await t.decides('p', ['c2']);
  offsetMs = -3_600_000;
  await t.changeCluster('c2', { metadata: { labels: { any: 'other' } } });
  await t.decides('p', ['c1', 'c2']);
});

test('a Placement that cannot be evaluated is tried again, with growing delay, and holds up no other', async () => {
  const failures: string[] = [];
  const warn = (fields: object): void => {
    if ('key' in fields && fields.key === 'misfit/p') failures.push(String('error' in fields ? fields.error : ''));
  };
  const t = await Tenant.withSet(lab, 'misfit');
  await t.addClusters(['c1']);
  await using _controller = await lab.start({ log: { ...silentLogger, warn } });
  await t.place('p', { prioritizerPolicy: { mode: 'Foo' } });
  await until(() => failures.length > 3, { describe: 'it has been tried again' });
  await sleep(1000);
  expect(failures.at(-1)).toContain(':incorrect prioritizer policy mode: Foo');
  // 5 ms, doubled each time, and once more for each of its own writes.
  expect(failures.length).toBeLessThan(15);
  await t.place('other');
  await t.decides('other', ['c1']);
});
