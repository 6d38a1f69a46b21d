import type { MetricsSource } from '@ocm/service';
import { Histogram, Registry } from 'prom-client';
import type { MeasuredStep } from '../schedule/measure.ts';

/** What the placement controller measures (placement 15), in seconds. */
export interface SchedulingMetrics {
  scheduled(seconds: number): void;
  bound(seconds: number): void;
  step(step: MeasuredStep, seconds: number): void;
}

export const noMetrics: SchedulingMetrics = { scheduled() {}, bound() {}, step() {} };

const NAME = 'placement_scheduling';
/** Multiplied step by step, as the reference does, which gives its odd second and third bound. */
const BUCKETS: readonly number[] = Array.from({ length: 9 }).reduce<readonly number[]>(
  (bounds) => [...bounds, (bounds.at(-1) ?? 0) * 10],
  [1e-6],
);

/** The four histograms of placement 15, and where they are read. */
export function createSchedulingMetrics(): SchedulingMetrics & { readonly source: MetricsSource } {
  const registry = new Registry();
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    // The stability stands before the words, as Kubernetes has it.
    new Histogram({ name, help: `[ALPHA] ${help}`, labelNames, buckets: [...BUCKETS], registers: [registry] });
  const scheduling = histogram('scheduling_scheduling_duration_seconds', 'How long scheduling a Placement takes.', [
    'name',
  ]);
  const bind = histogram('scheduling_bind_duration_seconds', 'How long writing the outcome takes.', ['name']);
  const plugin = histogram('scheduling_plugin_duration_seconds', 'How long a filter or prioritizer takes.', [
    'name',
    'plugin_type',
    'plugin_name',
  ]);
  const cel = histogram('scheduling_cel_runtime_duration_seconds', 'How long CEL takes for a cluster.', ['name']);
  scheduling.zero({ name: NAME });
  bind.zero({ name: NAME });
  return {
    source: registry,
    scheduled: (seconds) => scheduling.observe({ name: NAME }, seconds),
    bound: (seconds) => bind.observe({ name: NAME }, seconds),
    step(step, seconds) {
      if (step.kind === 'cel') cel.observe({ name: NAME }, seconds);
      else plugin.observe({ name: NAME, plugin_type: step.kind, plugin_name: step.plugin }, seconds);
    },
  };
}
