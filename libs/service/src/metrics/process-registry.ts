import type { Clock, KubeMetrics } from '@ocm/kube';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
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
  /** Adds a gauge of the component's own. */
  readonly addGauge: (gauge: OwnGauge) => void;
  /** Adds a counter of the component's own; returns what counts one up. All labels must be given. */
  readonly addCounter: (counter: OwnSeries) => (labels: Readonly<Record<string, string>>) => void;
  /** Adds a histogram of the component's own; returns what observes a value. All labels must be given. */
  readonly addHistogram: (
    histogram: OwnSeries & { readonly buckets: readonly number[] },
  ) => (labels: Readonly<Record<string, string>>, value: number) => void;
}

/** Series that are counted where things happen. */
export interface OwnSeries {
  readonly name: string;
  readonly help: string;
  /** Names of the labels. */
  readonly labels: readonly string[];
}

/** A gauge that is read at each scrape. */
export interface OwnGauge {
  readonly name: string;
  readonly help: string;
  /** Name of its one label, if it has one. */
  readonly label?: string;
  /** The series as they are now; `value` of the label for a gauge that has one. */
  readonly read: () => readonly { readonly value?: string; readonly number: number }[];
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
  return {
    source: registry,
    kube: createKubeMetrics(registry, options.clock),
    addGauge: (gauge) => registerGauge(registry, gauge),
    addCounter({ labels, ...named }) {
      const counter = new Counter({ ...named, labelNames: labels, registers: [registry] });
      return (values) => counter.inc(values);
    },
    addHistogram({ labels, buckets, ...named }) {
      const histogram = new Histogram({ ...named, labelNames: labels, buckets: [...buckets], registers: [registry] });
      return (values, value) => histogram.observe(values, value);
    },
  };
}

function registerGauge(registry: Registry, { name, help, label, read }: OwnGauge): void {
  const labelNames = label === undefined ? [] : [label];
  void new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      const series = read();
      this.reset();
      // A gauge without a label is set to 0 by that, which is not the same as none.
      if (label === undefined && series.length === 0) this.remove();
      for (const { value = '', number } of series) this.set(label === undefined ? {} : { [label]: value }, number);
    },
  });
}
