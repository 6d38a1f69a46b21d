import type { MetricsSource } from '../serving/process-endpoints.ts';

/** The texts of several sources, one after the other. Their series must have different names. */
export function allMetrics(...sources: readonly [MetricsSource, ...MetricsSource[]]): MetricsSource {
  return {
    contentType: sources[0].contentType,
    metrics: async () => (await Promise.all(sources.map((source) => source.metrics()))).join('\n'),
  };
}
