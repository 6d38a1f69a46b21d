// Run as a process of its own, so that its memory is that of one job: node runtime-probe.ts raw|cache|raw-watch|watch KUBECONFIG EXPECTED FROM
import { readFile } from 'node:fs/promises';
import { ManagedCluster } from '@ocm/api';
import { connect, informer, kubeconfigFile } from '@ocm/kube';
import { processFigures } from './process-figures.ts';
import { rawClient } from './raw-client.ts';
import { rawTarget } from './raw-target.ts';

const PATH = '/apis/cluster.open-cluster-management.io/v1/managedclusters';
const PAGE = 500;

interface RawList {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly unknown[];
}

/** One paged list, parsed and kept; what the cache is compared with. */
async function listRaw(kubeconfig: string): Promise<object> {
  const client = rawClient(rawTarget(await readFile(kubeconfig, 'utf8')));
  const kept: unknown[] = [];
  const start = performance.now();
  let next = '';
  do {
    const page = JSON.parse(
      await client.send('GET', `${PATH}?limit=${PAGE}&continue=${encodeURIComponent(next)}`),
    ) as RawList;
    kept.push(...page.items);
    next = page.metadata.continue ?? '';
  } while (next !== '');
  const ms = performance.now() - start;
  client.close();
  return { ms, count: kept.length };
}

async function syncCache(kubeconfig: string): Promise<object> {
  const stop = new AbortController();
  await using client = await connect(kubeconfigFile(kubeconfig), { userAgent: 'bench', signal: stop.signal });
  await client.version({ signal: stop.signal });
  globalThis.gc?.();
  const before = (await processFigures(process.pid)).residentMiB;
  const heapBefore = process.memoryUsage().heapUsed;
  const cache = informer(client.kind(ManagedCluster));
  const start = performance.now();
  const running = cache.run(stop.signal);
  await cache.waitForSync(stop.signal);
  const ms = performance.now() - start;
  globalThis.gc?.();
  const heapBytes = process.memoryUsage().heapUsed - heapBefore;
  const residentMiB = (await processFigures(process.pid)).residentMiB - before;
  const count = cache.size;
  stop.abort();
  await running;
  return { ms, count, residentMiB, heapBytes };
}

async function watchOurs(kubeconfig: string, expected: number, from: string): Promise<object> {
  const stop = new AbortController();
  await using client = await connect(kubeconfigFile(kubeconfig), { userAgent: 'bench', signal: stop.signal });
  await client.version({ signal: stop.signal });
  let first: number | undefined;
  let count = 0;
  for await (const event of client.kind(ManagedCluster).watch({ resourceVersion: from, signal: stop.signal })) {
    first ??= performance.now();
    if (event.type !== 'BOOKMARK') count += 1;
    if (count >= expected) break;
  }
  return { ms: performance.now() - (first ?? performance.now()), count };
}

async function watchRaw(kubeconfig: string, expected: number, from: string): Promise<object> {
  const client = rawClient(rawTarget(await readFile(kubeconfig, 'utf8')));
  const ms = await client.watch(`${PATH}?watch=true&resourceVersion=${from}`, expected);
  client.close();
  return { ms, count: expected };
}

const [job = '', kubeconfig = '', expected = '0', from = '0'] = process.argv.slice(2);
const jobs: Readonly<Record<string, () => Promise<object>>> = {
  raw: () => listRaw(kubeconfig),
  cache: () => syncCache(kubeconfig),
  watch: () => watchOurs(kubeconfig, Number(expected), from),
  'raw-watch': () => watchRaw(kubeconfig, Number(expected), from),
};
const chosen = jobs[job];
if (chosen === undefined) throw new Error(`unknown job "${job}"; allowed: ${Object.keys(jobs).join(', ')}`);
console.log(JSON.stringify(await chosen()));
