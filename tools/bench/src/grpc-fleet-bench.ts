import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@ocm/testing';
import { AGENT_TYPES, BUNDLES, type Settling } from './grpc/driver-protocol.ts';
import { type GrpcStage, openStage, type ServerUnderTest } from './grpc/grpc-stage.ts';
import { type Driver, startDriver } from './grpc/start-driver.ts';
import { watchTimes } from './grpc/watch-times.ts';
import { peakResidentMiB, processFigures } from './process-figures.ts';
import { quantile } from './quantile.ts';
import { inParallel } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';
import type { Figure } from './report.ts';

interface Fleet {
  readonly clusters: number;
  readonly dataTypes: readonly string[];
  /** Whether all are made to come back at once. */
  readonly storm: boolean;
}

/** Clusters, and the subscriptions of each. */
const FLEETS: readonly Fleet[] = [
  { clusters: 1000, dataTypes: [BUNDLES], storm: true },
  { clusters: 5000, dataTypes: [BUNDLES], storm: true },
  { clusters: 10_000, dataTypes: [BUNDLES], storm: true },
  { clusters: 10_000, dataTypes: AGENT_TYPES, storm: false },
];
const CLUSTERS_PER_CONNECTION = 20;
const CONNECTIONS = 500;
const HEARTBEAT_MS = 10_000;
const OBSERVE_MS = 21_000;
const CHANGES_WITHIN_MS = 60_000;
const SETTLED_WITHIN_MS = 150_000;
const WORKS = '/apis/work.open-cluster-management.io/v1';
/** Of a server whose agents have one stream each. */
const MEMORY_GOAL = '<= 1536';
const suite = 'grpc-fleet';

/** One server of events and a fleet that is subscribed to it: memory, heartbeats, a change of every work, and everybody back at once. */
export async function benchGrpcFleet(say: (text: string) => void, fleets = FLEETS): Promise<readonly Figure[]> {
  await using stage = await openStage(CONNECTIONS);
  const names = Array.from(
    { length: Math.max(...fleets.map(({ clusters }) => clusters)) },
    (_, index) => `cluster-${index}`,
  );
  const figures: Figure[] = [];
  let created = 0;
  for (const fleet of fleets) {
    const streams = fleet.clusters * fleet.dataTypes.length;
    say(`${fleet.clusters} clusters, ${streams} streams: creating clusters and works ...`);
    await stage.addClusters(names.slice(created, fleet.clusters), 1);
    created = fleet.clusters;
    const server = await stage.startServer(`grpc-server-${streams}`);
    try {
      figures.push(...(await measure(stage, server, { fleet, names: names.slice(0, fleet.clusters), say })));
    } finally {
      await server.process.kill();
    }
  }
  return figures;
}

interface Round {
  readonly fleet: Fleet;
  readonly names: readonly string[];
  readonly say: (text: string) => void;
}

async function measure(stage: GrpcStage, server: ServerUnderTest, round: Round): Promise<readonly Figure[]> {
  const { fleet, names, say } = round;
  const { pid } = server.process;
  await using driver = startDriver();
  await driver.call('start', {
    url: server.url,
    ca: stage.caPem,
    identities: stage.identities,
    clusters: names,
    clustersPerConnection: CLUSTERS_PER_CONNECTION,
    dataTypes: fleet.dataTypes,
    haveWorks: true,
  });
  const empty = await processFigures(pid);
  say('subscribing ...');
  const first = await driver.call('connect', { deadlineMs: SETTLED_WITHIN_MS });
  tell(say, first);
  const settled = await processFigures(pid);
  say('heartbeats ...');
  const lateness = await driver.call('heartbeatLateness', { observeMs: OBSERVE_MS, intervalMs: HEARTBEAT_MS });
  const rested = await processFigures(pid);
  const cpuShare = ((rested.cpuSeconds - settled.cpuSeconds) / OBSERVE_MS) * 1000 * 100;
  // More types than one are tried, without a goal.
  const memoryGoal = fleet.dataTypes.length === 1 ? MEMORY_GOAL : undefined;
  const lines: Line[] = [
    ['resident before the first subscription', empty.residentMiB, 'MiB'],
    ['resident when all are subscribed', rested.residentMiB, 'MiB', memoryGoal],
    ['CPU at rest, with heartbeats', cpuShare, '% of a core'],
    ['lateness of heartbeats, p99', quantile(lateness, 0.99), 'ms', '< 1000'],
    ...settlingLines('first start', first),
  ];
  if (first.unsettled === 0) lines.push(...(await broadcastLines(stage, driver, round)));
  if (fleet.storm) lines.push(...(await stormLines(driver, round)));
  lines.push(['resident at the end', (await processFigures(pid)).residentMiB, 'MiB', memoryGoal]);
  lines.push(['resident at most', await peakResidentMiB(pid), 'MiB']);
  const streams = names.length * fleet.dataTypes.length;
  return lines.map(([what, value, unit, goal]) => {
    const figure = { suite, name: `${streams} streams: ${what}`, value, unit };
    return goal === undefined ? figure : { ...figure, goal };
  });
}

/** What, how much, of which unit, and the goal. */
type Line = readonly [string, number, string, (string | undefined)?];

function settlingLines(what: string, { subscribedMs, syncedMs, unsettled, failures }: Settling): readonly Line[] {
  return [
    [`${what}: all subscribed`, quantile(subscribedMs, 1) / 1000, 's'],
    [`${what}: resynced, median`, quantile(syncedMs, 0.5) / 1000, 's'],
    [`${what}: resynced, the last`, quantile(syncedMs, 1) / 1000, 's'],
    [`${what}: not resynced in ${SETTLED_WITHIN_MS / 1000} s`, unsettled, '', '0'],
    [`${what}: calls that had to be repeated`, failures, ''],
  ];
}

async function broadcastLines(stage: GrpcStage, driver: Driver, { names, say }: Round): Promise<readonly Line[]> {
  say('a change of every work ...');
  const { perSecond, lateness } = await changeAll(stage, driver, names);
  return [
    ['changes of all works', perSecond, '/s'],
    ['watch event -> subscriber, median', quantile(lateness, 0.5), 'ms'],
    ['watch event -> subscriber, p99', quantile(lateness, 0.99), 'ms', '<= 1000'],
  ];
}

async function stormLines(driver: Driver, { say }: Round): Promise<readonly Line[]> {
  say('everybody comes back at once ...');
  await driver.call('drop');
  await sleep(1000);
  const storm = await driver.call('connect', { deadlineMs: SETTLED_WITHIN_MS });
  tell(say, storm);
  return settlingLines('storm', storm);
}

function tell(say: Round['say'], { subscribedMs, syncedMs, failures, firstFailure }: Settling): void {
  const [subscribed, synced] = [subscribedMs, syncedMs].map((values) => (quantile(values, 1) / 1000).toFixed(1));
  const failed = failures === 0 ? '' : `; ${failures} failures, first: ${firstFailure}`;
  say(`  subscribed within ${subscribed} s, resynced within ${synced} s${failed}`);
}

interface Broadcast {
  readonly perSecond: number;
  /** From the watch event to the subscriber, milliseconds. */
  readonly lateness: readonly number[];
}

async function changeAll({ plane, raw }: GrpcStage, driver: Driver, names: readonly string[]): Promise<Broadcast> {
  const target = rawTarget(await readFile(plane.adminKubeconfigPath, 'utf8'));
  const list = JSON.parse(await raw.send('GET', `${WORKS}/manifestworks?limit=1`)) as {
    readonly metadata: { readonly resourceVersion: string };
  };
  const text = `round-${list.metadata.resourceVersion}`;
  using watch = watchTimes(target, { from: list.metadata.resourceVersion, text });
  await driver.call('expectChange', text);
  const begin = performance.now();
  await inParallel(names, (name) =>
    raw.send('PATCH', `${WORKS}/namespaces/${name}/manifestworks/work-0`, { metadata: { labels: { round: text } } }),
  );
  const perSecond = (names.length / (performance.now() - begin)) * 1000;
  const arrived = await driver.call('changesSeen', { deadlineMs: CHANGES_WITHIN_MS });
  await until(() => watch.seen.size === names.length, { describe: 'our own watch has seen all changes' });
  const lateness = names.map((name) => (arrived[name] ?? Infinity) - (watch.seen.get(name) ?? 0));
  return { perSecond, lateness };
}
