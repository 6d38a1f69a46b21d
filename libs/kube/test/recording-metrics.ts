import type { KubeMetrics } from '../src/metrics.ts';

/** Metrics that keep what they are told, as `name value` lines. */
export function recordingMetrics(): KubeMetrics & { readonly told: string[] } {
  const told: string[] = [];
  const tell = (line: string): number => told.push(line);
  return {
    told,
    queueDepth: (queue, depth) => tell(`depth ${queue} ${depth}`),
    queueAdd: (queue) => tell(`add ${queue}`),
    queueRetry: (queue) => tell(`retry ${queue}`),
    queueLatency: (queue, seconds) => tell(`latency ${queue} ${seconds}`),
    workDuration: (queue, seconds) => tell(`duration ${queue} ${seconds}`),
    workStarted: (queue) => {
      tell(`started ${queue}`);
      return () => tell(`ended ${queue}`);
    },
    request: ({ verb, code }) => tell(`request ${verb} ${code}`),
    watchRestart: (resource, reason) => tell(`restart ${resource} ${reason}`),
    leading: (lease, leading) => tell(`leading ${lease} ${leading}`),
  };
}
