import type { RawClient } from './raw-client.ts';

/** What the hub controller works with. */
const RESOURCES = ['managedclusters', 'namespaces', 'clusterroles', 'clusterrolebindings', 'rolebindings', 'leases'];
const WRITES = ['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE'];

/** Requests that an API server has answered since it started. */
export interface RequestCounts {
  readonly writes: number;
  readonly reads: number;
  /** Writes refused with 409: somebody else was faster, or the object was there already. */
  readonly conflicts: number;
}

/** Reads the API server's own counters, by default of the kinds that the hub controller writes. Watches do not count. */
export async function requestCounts(client: RawClient, resources?: readonly string[]): Promise<RequestCounts> {
  return countRequests(await client.send('GET', '/metrics'), resources);
}

/** Adds up the series `apiserver_request_total` of a page of metrics. */
export function countRequests(text: string, resources: readonly string[] = RESOURCES): RequestCounts {
  let [writes, reads, conflicts] = [0, 0, 0];
  for (const line of text.split('\n')) {
    if (!line.startsWith('apiserver_request_total{')) continue;
    const label = (name: string): string => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const [resource, verb] = [label('resource'), label('verb')];
    // Leases are renewed by everybody; the hub only creates them.
    if (!resources.includes(resource) || (resource === 'leases' && verb !== 'POST')) continue;
    const count = Number(line.slice(line.lastIndexOf(' ') + 1));
    if (WRITES.includes(verb)) writes += count;
    else if (verb !== 'WATCH') reads += count;
    if (label('code') === '409') conflicts += count;
  }
  return { writes, reads, conflicts };
}

/** What happened between two counts. */
export function countsBetween(before: RequestCounts, after: RequestCounts): RequestCounts {
  return {
    writes: after.writes - before.writes,
    reads: after.reads - before.reads,
    conflicts: after.conflicts - before.conflicts,
  };
}
