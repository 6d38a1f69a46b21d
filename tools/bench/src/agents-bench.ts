import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManifestWork } from '@ocm/api';
import { type JoinedCluster, joinCluster, openScene, type Scene } from '@ocm/demo';
import { until } from '@ocm/testing';
import { benchWork } from './objects.ts';
import { processFigures } from './process-figures.ts';
import { inParallel, rawClient } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';
import type { Figure } from './report.ts';

const CLUSTER = 'cluster1';
const WORKS = 1000;
const SETTLE_MS = 30_000;
const OBSERVE_MS = 120_000;
const HOUR_MS = 3_600_000;
const PATH = `/apis/work.open-cluster-management.io/v1/namespaces/${CLUSTER}/manifestworks`;
const suite = 'agents';

/** The two agents as bundles on a cluster that has joined: memory, requests when nothing changes, and memory under 1,000 works. */
export async function benchAgents(say: (text: string) => void): Promise<readonly Figure[]> {
  const stop = new AbortController();
  await using scene = await openScene({ names: [CLUSTER], signal: stop.signal, run: 'bundle', audit: true });
  const plane = scene.fleet.clusters.get(CLUSTER);
  if (plane === undefined) throw new Error(`${CLUSTER} did not start`);
  const joined = await joinCluster(scene, CLUSTER, plane);
  await until(() => isApplied(scene.admin.observe(CLUSTER).work), { describe: 'the first work is applied' });
  say(`joined; idle for ${(SETTLE_MS + OBSERVE_MS) / 1000} s ...`);
  await sleep(SETTLE_MS);
  const before = await requestCounts(scene);
  const busyBefore = await cpuSeconds(joined);
  await sleep(OBSERVE_MS);
  const after = await requestCounts(scene);
  const busyAfter = await cpuSeconds(joined);
  const idle = await memory(joined, 'idle');
  const busy = [...after].filter(([name, count]) => count > (before.get(name) ?? 0));
  const requests = busy.map(([name, count]) => ({
    suite,
    name: `requests per hour when nothing changes: ${name}`,
    value: ((count - (before.get(name) ?? 0)) / OBSERVE_MS) * HOUR_MS,
    unit: '/h',
  }));
  const cpu = {
    suite,
    name: 'CPU of both agents in 120 idle seconds',
    value: busyAfter - busyBefore,
    unit: 's',
    goal: '< 0.66',
  };
  say(`creating ${WORKS} works of 5 manifests ...`);
  await createWorks(scene);
  return [...idle, cpu, ...requests, ...(await memory(joined, `with ${WORKS} works x 5 manifests`))];
}

async function createWorks(scene: Scene): Promise<void> {
  const client = rawClient(rawTarget(await readFile(scene.fleet.hub.adminKubeconfigPath, 'utf8')));
  const names = Array.from({ length: WORKS }, (_, index) => `bench-${index}`);
  await inParallel(names, (name) => client.send('POST', PATH, benchWork(name, CLUSTER)));
  client.close();
  await until(async () => (await appliedWorks(scene)) >= WORKS, {
    describe: 'all works are applied and available',
    deadlineMs: 300_000,
  });
}

async function appliedWorks({ hub, signal }: Scene): Promise<number> {
  let count = 0;
  for await (const page of hub.kind(ManifestWork).list({ namespace: CLUSTER, signal })) {
    count += page.items.filter(isApplied).length;
  }
  return count;
}

function isApplied(work: ManifestWork | undefined): boolean {
  const conditions = work?.status?.conditions ?? [];
  return ['Applied', 'Available'].every((type) => conditions.some((one) => one.type === type && one.status === 'True'));
}

async function memory({ registrationAgent, workAgent }: JoinedCluster, when: string): Promise<readonly Figure[]> {
  const agents = [registrationAgent, workAgent];
  const figures = await Promise.all(agents.map(({ process }) => processFigures(process.pid)));
  return agents.flatMap(({ name }, index) => [
    {
      suite,
      name: `${name}, resident, ${when}`,
      value: figures[index]?.residentMiB ?? 0,
      unit: 'MiB',
      goal: '<= 85 idle',
    },
    { suite, name: `${name}, anonymous, ${when}`, value: figures[index]?.anonymousMiB ?? 0, unit: 'MiB' },
  ]);
}

async function cpuSeconds({ registrationAgent, workAgent }: JoinedCluster): Promise<number> {
  const figures = await Promise.all([registrationAgent, workAgent].map(({ process }) => processFigures(process.pid)));
  return figures.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** Requests so far by agent and what they were for, over both API servers. Long-running watches count once, when they end. */
async function requestCounts({ fleet }: Scene): Promise<ReadonlyMap<string, number>> {
  const planes = [fleet.hub, ...fleet.clusters.values()];
  const entries = (await Promise.all(planes.map((plane) => plane.readAudit()))).flat();
  const counts = new Map<string, number>();
  for (const { userAgent, verb, path, object } of entries) {
    if (!userAgent.includes('agent')) continue;
    const key = `${userAgent} ${verb} ${object?.resource ?? path}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
