import type { AppliedManifestWork, HubHash } from '@ocm/api';
import type { Clock, Informer, KubeClient, KubeMetrics, Logger, Resource } from '@ocm/kube';
import type { Fights } from './apply/fights.ts';
import type { Jq } from './apply/ignore-fields/jq-thread.ts';
import type { WorkAgentIntervals } from './intervals.ts';
import type { ExecutorCache } from './executor/executor-cache.ts';
import type { KnownObjects } from './objects/known-objects.ts';
import type { ObjectReader } from './objects/object-reader.ts';
import type { WorkSource } from './source/work-source.ts';
import type { Inspector } from './status/inspector.ts';

/** What the controllers of the agent work with; made once, in `runWorkAgent`. */
export interface WorkAgentContext {
  readonly source: WorkSource;
  readonly spoke: Pick<KubeClient, 'kind' | 'mapper'>;
  /** All of them on the managed cluster, also those of other hubs and agents. */
  readonly appliedWorks: Informer<AppliedManifestWork, AppliedWorkIndex>;
  readonly appliedWorkResource: Resource<AppliedManifestWork>;
  readonly hubHash: HubHash;
  readonly agentId: string;
  readonly known: KnownObjects;
  readonly reader: ObjectReader;
  readonly inspector: Inspector;
  readonly jq: Jq;
  readonly fights: Fights;
  /** Only with the gate ExecutorValidatingCaches. */
  readonly executorCache: ExecutorCache | undefined;
  /** Works that are new or have changed and that the apply loop has not come to yet: its report will be about what they list now. */
  readonly due: Set<string>;
  /** Works that are being applied right now: nobody else needs to bother with them meanwhile. */
  readonly inHand: Set<string>;
  readonly intervals: WorkAgentIntervals;
  readonly workers: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: KubeMetrics | undefined;
}

/** `resource`: the applied resources, by `resourceKey`. */
export type AppliedWorkIndex = 'resource';
