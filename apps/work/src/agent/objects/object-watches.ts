import type { AppliedManifestWork, AppliedResource } from '@ocm/api';
import { type Clock, type Informer, type KubeClient, type KubeMetrics, type Logger, trigger, type WatchSource } from '@ocm/kube';
import type { AppliedWorkIndex } from '../context.ts';
import { idOf } from '../manifest/resource-id.ts';
import type { ObjectReader } from './object-reader.ts';
import { planWatches, scopeKeysOf } from './plan-watches.ts';
import { WatchedScope } from './watched-scope.ts';

/** Well below the streams of one connection, of which requests need some too. */
const LIMITS = { namespaces: 4, watches: 24 };

export interface ObjectWatchesOptions {
  readonly spoke: Pick<KubeClient, 'kind'>;
  readonly appliedWorks: Informer<AppliedManifestWork, AppliedWorkIndex>;
  readonly agentId: string;
  /** Asked when no watch can tell. */
  readonly fallback: ObjectReader;
  /** Changes that come within this are reported together. */
  readonly reportDelayMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: KubeMetrics | undefined;
}

export interface ObjectWatches {
  readonly reader: ObjectReader;
  /** Names of works that have lost an object. */
  readonly losses: WatchSource;
  /** Watches what the AppliedManifestWorks of this agent list, until the signal fires. */
  run(signal: AbortSignal): Promise<void>;
}

/** Follows all applied objects with as few watches as possible, so that nobody has to poll them. */
export function objectWatches(options: ObjectWatchesOptions): ObjectWatches {
  const { appliedWorks, agentId, fallback, reportDelayMs, clock } = options;
  const scopes = new Map<string, RunningScope>();
  const losses = trigger();
  const lost = new Set<string>();

  const report = (): void => {
    for (const name of lost) losses.enqueue(name);
    lost.clear();
  };
  const onLoss = (key: string): void => {
    if (lost.size === 0) clock.schedule(reportDelayMs, report);
    for (const { spec } of appliedWorks.by('resource', key)) {
      if (spec?.agentID === agentId) lost.add(spec.manifestWorkName);
    }
  };
  const isRecorded = (key: string): boolean => appliedWorks.by('resource', key).length > 0;
  const start = (scope: Parameters<typeof createScope>[0]) =>
    createScope(scope, { ...options, isRecorded, onLoss });

  const replan = (): void => {
    const plan = planWatches(recordedResources(appliedWorks, agentId), LIMITS);
    const wanted = new Set(plan.map(({ key }) => key));
    for (const [key, running] of scopes) {
      if (wanted.has(key)) continue;
      running.stop();
      scopes.delete(key);
    }
    for (const scope of plan) if (!scopes.has(scope.key)) scopes.set(scope.key, start(scope));
  };
  return {
    reader: readerOf(scopes, fallback),
    losses,
    run: (signal) => keepPlanning({ ...options, replan, scopes }, signal),
  };
}
