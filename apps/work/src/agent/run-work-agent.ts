import { AppliedManifestWork, type HubHash } from '@ocm/api';
import {
  type Clock,
  informer,
  type KubeClient,
  type KubeMetrics,
  type Logger,
  run,
  silentLogger,
  systemClock,
} from '@ocm/kube';
import type { ProcessMetrics } from '@ocm/service';
import { Fights } from './apply/fights.ts';
import { JqThread } from './apply/ignore-fields/jq-thread.ts';
import type { WorkAgentContext } from './context.ts';
import { workAgentControllers } from './controllers.ts';
import type { FeedbackLimits } from './feedback/feedback-value.ts';
import { ExecutorCache } from './executor/executor-cache.ts';
import { standardIntervals, type WorkAgentIntervals } from './intervals.ts';
import { resourceKey } from './manifest/resource-id.ts';
import { KnownObjects } from './objects/known-objects.ts';
import { addWatchGauges } from './objects/watch-gauges.ts';
import { ObjectWatches } from './objects/object-watches.ts';
import { pollingReader } from './objects/polling-reader.ts';
import type { WorkSource } from './source/work-source.ts';
import { Inspector } from './status/inspector.ts';
import { limitedSource } from './status/limited-source.ts';

const WORKERS = 10;
const FEEDBACK: FeedbackLimits = { rawJson: false, maxJsonRawLength: 1024 };
const MAX_FEEDBACK_WATCH = 50;
/** An event costs some 20 microseconds. */
const FOREIGN_EVENTS_PER_MINUTE = 6000;

export interface WorkAgentOptions {
  /** The works of this cluster, and where their status goes. */
  readonly source: WorkSource;
  /** The managed cluster; its user agent must be `work-agent` (work 5.1). */
  readonly spoke: KubeClient;
  readonly hubHash: HubHash;
  /** Tells the AppliedManifestWorks of this agent from those of others; by default the hub hash (work 5.2). */
  readonly agentId?: string | undefined;
  /** Stops the agent; what it has in hand is finished. */
  readonly signal: AbortSignal;
  readonly log?: Logger;
  readonly metrics?: KubeMetrics;
  readonly clock?: Clock;
  /** Between 0 and 1. */
  readonly random?: () => number;
  readonly intervals?: Partial<WorkAgentIntervals>;
  /** Works that each loop handles at once; default 10. */
  readonly workers?: number;
  /** Remember what executors may do until their rights change (gate ExecutorValidatingCaches); otherwise each pass asks. */
  readonly cachesExecutors?: boolean;
  /** How values may be reported; by default no raw JSON. */
  readonly feedback?: FeedbackLimits;
  /** Where it can be seen which objects are watched and which are polled. */
  readonly addGauge?: ProcessMetrics['addGauge'];
  /** At most so many watches on applied objects; without one they are polled. Default 50. */
  readonly maxFeedbackWatch?: number;
}

/**
 * Runs the work agent until the signal fires.
 *
 * @throws Error when its caches are not filled in time, for example because the hub cannot be reached
 */
export async function runWorkAgent(options: WorkAgentOptions): Promise<void> {
  const { signal, log = silentLogger, clock = systemClock, metrics } = options;
  const { context, watches, jq } = createContext(options);
  if (options.addGauge !== undefined) addWatchGauges(options.addGauge, watches);
  const watching = new AbortController();
  const watched = watches.run(watching.signal);
  try {
    await run(workAgentControllers(context, watches), {
      signal,
      log,
      clock,
      syncTimeoutMs: context.intervals.cacheSyncMs,
      ...given({ metrics }),
    });
  } finally {
    watching.abort();
    await Promise.all([watched, jq.close()]);
  }
}

function createContext(options: WorkAgentOptions): {
  readonly context: WorkAgentContext;
  readonly watches: ObjectWatches;
  readonly jq: JqThread;
} {
  const { spoke, hubHash, agentId = hubHash, metrics } = options;
  const { log = silentLogger, clock = systemClock, random = Math.random, workers = WORKERS } = options;
  const source = limitedSource(options.source, { clock, log });
  const { feedback = FEEDBACK, maxFeedbackWatch = MAX_FEEDBACK_WATCH } = options;
  const intervals = { ...standardIntervals, ...options.intervals };
  const known = new KnownObjects();
  const appliedWorkResource = spoke.kind(AppliedManifestWork);
  const appliedWorks = informer(appliedWorkResource, {
    clock,
    log,
    random,
    ...given({ metrics }),
    resyncMs: intervals.appliedWorksResyncMs,
    indexes: { resource: ({ status }) => status?.appliedResources?.map(resourceKey) ?? [] },
  });
  const fallback = pollingReader({ spoke, known, clock, freshMs: intervals.statusSyncMs });
  const { collectMs, driftMs } = intervals;
  const fights = new Fights({ resyncMs: intervals.applyResyncMs });
  const watches = new ObjectWatches({
    spoke,
    source,
    fallback,
    known,
    maxWatches: maxFeedbackWatch,
    foreignEventsPerMinute: FOREIGN_EVENTS_PER_MINUTE,
    isHeld: (work, id) => fights.isHeld({ work, id }, clock.now().getTime()),
    collectMs,
    slowMs: intervals.statusSyncMs,
    driftMs,
    clock,
    log,
    metrics,
  });
  const jq = new JqThread({ ...intervals.jq, clock });
  const context: WorkAgentContext = {
    source,
    spoke,
    appliedWorks,
    appliedWorkResource,
    hubHash,
    agentId,
    known,
    reader: watches,
    inspector: new Inspector({ limits: feedback, clock, log }),
    jq,
    fights,
    executorCache: options.cachesExecutors === true ? new ExecutorCache() : undefined,
    due: new Set(),
    inHand: new Set(),
    intervals,
    workers,
    clock,
    random,
    log,
    metrics,
  };
  return { context, watches, jq };
}

function given({ metrics }: { readonly metrics: KubeMetrics | undefined }): { readonly metrics?: KubeMetrics } {
  return metrics === undefined ? {} : { metrics };
}
