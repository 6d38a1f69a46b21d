import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { registerProcessMetrics } from '../metrics/process-metrics.ts';
import type { MetricsSource } from '../serving/process-endpoints.ts';

/** The series of a webhook server (registration 24), by path. */
export interface WebhookMetrics {
  /** For `/metrics`. */
  readonly source: MetricsSource;
  /** Call it when a request comes; call what it returns with the HTTP status when it is answered. */
  readonly begin: (path: string) => (status: number) => void;
}

/** Registers the series under the names that dashboards know, each path at 0 from the start. */
export function createWebhookMetrics(
  paths: readonly string[],
  /** Seconds that only grow. */
  now: () => number = () => performance.now() / 1000,
): WebhookMetrics {
  const registry = new Registry();
  registerProcessMetrics(registry);
  const registers = [registry];
  const requests = new Counter({
    name: 'controller_runtime_webhook_requests_total',
    help: 'Total number of admission requests by HTTP status code.',
    labelNames: ['webhook', 'code'] as const,
    registers,
  });
  const latency = new Histogram({
    name: 'controller_runtime_webhook_latency_seconds',
    help: 'Histogram of the latency of processing admission requests.',
    labelNames: ['webhook'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60],
    registers,
  });
  const inFlight = new Gauge({
    name: 'controller_runtime_webhook_requests_in_flight',
    help: 'Current number of admission requests being served.',
    labelNames: ['webhook'] as const,
    registers,
  });
  for (const webhook of paths) {
    for (const code of ['200', '500']) requests.inc({ webhook, code }, 0);
    inFlight.set({ webhook }, 0);
  }
  return {
    source: registry,
    begin(webhook) {
      const start = now();
      inFlight.inc({ webhook });
      return (status) => {
        inFlight.dec({ webhook });
        latency.observe({ webhook }, now() - start);
        requests.inc({ webhook, code: String(status) });
      };
    },
  };
}
