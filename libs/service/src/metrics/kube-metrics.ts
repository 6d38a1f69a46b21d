import type { Clock, KubeMetrics } from '@ocm/kube';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** As the Go work queue has them: 10 ns to 1000 s. */
const QUEUE_BUCKETS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];
/** As the Go client has them. */
const REQUEST_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/** Registers the series of queues, requests and leader election (registration 24) and returns what feeds them. */
export function createKubeMetrics(registry: Registry, clock: Pick<Clock, 'now'>): KubeMetrics {
  return {
    ...queueMetrics(registry),
    ...workMetrics(registry, clock),
    ...requestMetrics(registry),
    ...leaderMetrics(registry),
  };
}

function queueMetrics(
  registry: Registry,
): Pick<KubeMetrics, 'queueDepth' | 'queueAdd' | 'queueRetry' | 'queueLatency' | 'workDuration'> {
  const common = { labelNames: ['name'] as const, registers: [registry] };
  const depth = new Gauge({ ...common, name: 'workqueue_depth', help: 'Current depth of workqueue' });
  const adds = new Counter({
    ...common,
    name: 'workqueue_adds_total',
    help: 'Total number of adds handled by workqueue',
  });
  const retries = new Counter({
    ...common,
    name: 'workqueue_retries_total',
    help: 'Total number of retries handled by workqueue',
  });
  const latency = new Histogram({
    ...common,
    name: 'workqueue_queue_duration_seconds',
    help: 'How long in seconds an item stays in workqueue before being requested.',
    buckets: QUEUE_BUCKETS,
  });
  const duration = new Histogram({
    ...common,
    name: 'workqueue_work_duration_seconds',
    help: 'How long in seconds processing an item from workqueue takes.',
    buckets: QUEUE_BUCKETS,
  });
  return {
    queueDepth: (name, value) => depth.set({ name }, value),
    queueAdd: (name) => adds.inc({ name }),
    queueRetry: (name) => retries.inc({ name }),
    queueLatency: (name, seconds) => latency.observe({ name }, seconds),
    workDuration: (name, seconds) => duration.observe({ name }, seconds),
  };
}

function workMetrics(registry: Registry, clock: Pick<Clock, 'now'>): Pick<KubeMetrics, 'workStarted'> {
  /** Start times, in milliseconds, of what is being worked on, by queue. A queue that is idle stays, so that its series reads 0. */
  const running = new Map<string, Set<{ readonly sinceMs: number }>>();
  const eachQueue = (report: (name: string, agesSeconds: readonly number[]) => void): void => {
    const nowMs = clock.now().getTime();
    for (const [name, works] of running)
      report(
        name,
        Array.from(works, ({ sinceMs }) => (nowMs - sinceMs) / 1000),
      );
  };
  const age = (name: string, help: string, combine: (ages: readonly number[]) => number): void => {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['name'] as const,
      registers: [],
      collect() {
        eachQueue((queue, ages) => this.set({ name: queue }, combine(ages)));
      },
    });
    registry.registerMetric(gauge);
  };
  age(
    'workqueue_unfinished_work_seconds',
    'How many seconds of work has been done that is in progress and has not been observed by work_duration.',
    (ages) => ages.reduce((sum, seconds) => sum + seconds, 0),
  );
  age(
    'workqueue_longest_running_processor_seconds',
    'How many seconds has the longest running processor for workqueue been running.',
    (ages) => Math.max(0, ...ages),
  );
  return {
    workStarted(queue) {
      const works = running.get(queue) ?? new Set();
      running.set(queue, works);
      const work = { sinceMs: clock.now().getTime() };
      works.add(work);
      return () => void works.delete(work);
    },
  };
}

function requestMetrics(registry: Registry): Pick<KubeMetrics, 'request' | 'watchRestart'> {
  const registers = [registry];
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Number of HTTP requests, partitioned by status code, method, and host.',
    labelNames: ['code', 'method', 'host'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Request latency in seconds. Broken down by verb, and host.',
    labelNames: ['verb', 'host'] as const,
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const restarts = new Counter({
    name: 'kube_watch_restarts_total',
    help: 'Number of watches that had to be opened again, by resource and reason.',
    labelNames: ['resource', 'reason'] as const,
    registers,
  });
  return {
    request({ verb, code, host, seconds }) {
      requests.inc({ code: code === 'error' ? '<error>' : String(code), method: verb, host });
      duration.observe({ verb, host }, seconds);
    },
    watchRestart: (resource, reason) => restarts.inc({ resource, reason }),
  };
}

function leaderMetrics(registry: Registry): Pick<KubeMetrics, 'leading'> {
  const master = new Gauge({
    name: 'leader_election_master_status',
    help: 'Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master.',
    labelNames: ['name'] as const,
    registers: [registry],
  });
  return { leading: (name, leading) => master.set({ name }, leading ? 1 : 0) };
}
