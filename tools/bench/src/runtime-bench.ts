import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startControlPlane, until } from '@ocm/testing';
import { benchCluster } from './objects.ts';
import { inParallel, rawClient } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';
import type { Figure } from './report.ts';

const OBJECTS = 10_000;
const ROUNDS = 3;
const PATH = '/apis/cluster.open-cluster-management.io/v1/managedclusters';
const KIB = 1024;

interface Probe {
  readonly ms: number;
  readonly count: number;
  readonly residentMiB?: number;
  readonly heapBytes?: number;
}

/** 10,000 ManagedClusters: how long a cache takes against one raw paged list, what it holds in memory, how fast a watch delivers. */
export async function benchRuntime(say: (text: string) => void): Promise<readonly Figure[]> {
  await using plane = await startControlPlane();
  const client = rawClient(rawTarget(await readFile(plane.adminKubeconfigPath, 'utf8')));
  // A CRD that was just established may answer 429 for a moment.
  const first = await until(() => client.send('GET', PATH), { describe: 'ManagedClusters are served' });
  const empty = JSON.parse(first) as { readonly metadata: { readonly resourceVersion: string } };
  say(`creating ${OBJECTS} ManagedClusters ...`);
  const indexes = Array.from({ length: OBJECTS }, (_, index) => index);
  await inParallel(indexes, (index) => client.send('POST', PATH, benchCluster(index)));
  client.close();

  const best = async (job: string): Promise<Probe> => {
    const runs: Probe[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      runs.push(await probe([job, plane.adminKubeconfigPath, String(OBJECTS), empty.metadata.resourceVersion]));
    }
    say(`  ${job}: ${runs.map(({ ms }) => `${ms.toFixed(0)} ms`).join(', ')}`);
    return runs.reduce((least, run) => (run.ms < least.ms ? run : least));
  };
  const raw = await best('raw');
  const cache = await best('cache');
  const rawWatch = await best('raw-watch');
  const watch = await best('watch');
  const suite = 'runtime';
  return [
    { suite, name: 'one raw paged list of 10,000 clusters', value: raw.ms, unit: 'ms' },
    { suite, name: '10,000 clusters into a cache', value: cache.ms, unit: 'ms' },
    { suite, name: 'cache against raw list', value: cache.ms / raw.ms, unit: 'x', goal: '<= 1.5' },
    {
      suite,
      name: 'resident memory per cached cluster',
      value: ((cache.residentMiB ?? 0) * KIB) / OBJECTS,
      unit: 'KiB',
    },
    { suite, name: 'heap per cached cluster', value: (cache.heapBytes ?? 0) / KIB / OBJECTS, unit: 'KiB' },
    { suite, name: 'events through a raw watch', value: (OBJECTS / rawWatch.ms) * 1000, unit: '/s' },
    { suite, name: 'events through our watch', value: (OBJECTS / watch.ms) * 1000, unit: '/s' },
    { suite, name: 'our watch against the raw one', value: rawWatch.ms / watch.ms, unit: 'x', goal: '>= 0.8' },
  ];
}

async function probe(args: readonly string[]): Promise<Probe> {
  const script = join(import.meta.dirname, 'runtime-probe.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, ...args], {
    timeout: 120_000,
  });
  return JSON.parse(stdout) as Probe;
}
