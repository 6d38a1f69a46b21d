import type { Clock, KubeMetrics } from '@ocm/kube';
import { Registry } from 'prom-client';
import type { MetricsSource } from '../serving/process-endpoints.ts';
import { type BuildInfo, registerBuildInfo } from './build-info.ts';
import { createKubeMetrics } from './kube-metrics.ts';
import { registerProcessMetrics } from './process-metrics.ts';

/** All series of one process. */
export interface ProcessMetrics {
  /** For `/metrics`. */
  readonly source: MetricsSource;
  /** For the clients, queues and leader election of `@ocm/kube`. */
  readonly kube: KubeMetrics;
}

/** The series that every controller process exposes (registration 24). Make one per process; tests make their own. */
export function createProcessMetrics(options: {
  readonly clock: Pick<Clock, 'now'>;
  /** Of the component: it names the build metric. */
  readonly namespace: string;
  readonly build: BuildInfo;
}): ProcessMetrics {
  const registry = new Registry();
  registerProcessMetrics(registry);
  registerBuildInfo(registry, options.namespace, options.build);
  return { source: registry, kube: createKubeMetrics(registry, options.clock) };
}
