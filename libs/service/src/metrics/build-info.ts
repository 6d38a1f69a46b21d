import { Gauge, type Registry } from 'prom-client';

/** What was built, when, from what: the labels of the build metric. The names are contract, whatever language is behind them. */
export interface BuildInfo {
  readonly major: string;
  readonly minor: string;
  /** `v1.3.0` */
  readonly gitVersion: string;
  readonly gitCommit: string;
  /** `clean` or `dirty` */
  readonly gitTreeState: string;
  /** RFC 3339 */
  readonly buildDate: string;
}

/** Name of the build metric in a namespace (registration 24). */
export function buildInfoMetricName(namespace: string): string {
  const name = `${namespace.replaceAll('-', '_')}_build_info`;
  return /^\d/.test(name) ? `_${name}` : name; // a metric name may not start with a digit, a namespace may
}

/** A build with what runs it, as the build metric and `/version` say it. */
export function buildFacts(build: BuildInfo): Readonly<Record<string, string>> {
  return {
    ...build,
    goVersion: `node${process.versions.node}`,
    compiler: 'node',
    platform: `${process.platform}/${process.arch}`,
  };
}

/** Registers `<namespace>_build_info`, which is always 1. */
export function registerBuildInfo(registry: Registry, namespace: string, build: BuildInfo): void {
  const labels = buildFacts(build);
  new Gauge({
    name: buildInfoMetricName(namespace),
    help: 'What this process was built from; always 1.',
    labelNames: Object.keys(labels),
    registers: [registry],
  }).set(labels, 1);
}
