import { labels, ManifestWorkReplicaSet, Placement, PlacementDecision } from '@ocm/api';
import {
  type AnyInformer,
  type Clock,
  type EventRecorder,
  eventRecorder,
  informer,
  type Informer,
  type KubeClient,
  type KubeMetrics,
  type Logger,
  type Resource,
} from '@ocm/kube';
import { QuietDecisions } from './replica-set/quiet-decisions.ts';
import type { HubWorks } from './works/hub-works.ts';

/** What the controllers of the manager work with; made once, in `runManager`. */
export interface ManagerContext {
  readonly works: HubWorks;
  readonly sets: {
    readonly live: Resource<ManifestWorkReplicaSet>;
    /** `placement`: `<namespace>/<name>` of each Placement that it refers to. */
    readonly cache: Informer<ManifestWorkReplicaSet, 'placement'> & AnyInformer;
  };
  readonly placements: {
    readonly live: Resource<Placement>;
    readonly cache: Informer<Placement> & AnyInformer;
  };
  readonly slices: {
    readonly live: Resource<PlacementDecision>;
    /** `placement`: `<namespace>/<name>` of the Placement whose decisions they are. */
    readonly cache: Informer<PlacementDecision, 'placement'> & AnyInformer;
  };
  readonly quiet: QuietDecisions;
  readonly events: EventRecorder;
  readonly intervals: ManagerIntervals;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Milliseconds. */
export interface ManagerIntervals {
  /** Caches deliver everything again, and no replica set is left alone for longer (work 19). */
  readonly resyncMs: number;
  /** Decisions must not have changed for this long before a work is deleted because its cluster is not among them. */
  readonly decisionsQuietMs: number;
  /** Between two writes of a status in which only numbers have changed. */
  readonly statusSpacingMs: number;
}

export const standardIntervals: ManagerIntervals = {
  resyncMs: 30 * 60_000,
  decisionsQuietMs: 1000,
  statusSpacingMs: 500,
};

export interface ManagerCollaborators {
  readonly client: KubeClient;
  readonly works: HubWorks;
  readonly intervals: ManagerIntervals;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: KubeMetrics | undefined;
  /** Names the process in events. */
  readonly instance: string;
}

export function createManagerContext(collaborators: ManagerCollaborators): ManagerContext {
  const { client, works, intervals, clock, log, metrics, instance } = collaborators;
  const common = { clock, log, ...(metrics === undefined ? {} : { metrics }) };
  const { resyncMs, decisionsQuietMs } = intervals;
  const sets = client.kind(ManifestWorkReplicaSet);
  const placements = client.kind(Placement);
  const slices = client.kind(PlacementDecision);
  const cachedSlices = informer(slices, { ...common, indexes: { placement: placementOfSlice } });
  return {
    works,
    sets: { live: sets, cache: informer(sets, { ...common, resyncMs, indexes: { placement: placementsOfSet } }) },
    placements: { live: placements, cache: informer(placements, common) },
    slices: { live: slices, cache: cachedSlices },
    quiet: new QuietDecisions(cachedSlices, { clock, quietMs: decisionsQuietMs }),
    events: eventRecorder({
      client,
      clock,
      log,
      reportingController: 'work-manager',
      reportingInstance: instance,
    }),
    intervals,
    clock,
    log,
  };
}

function placementsOfSet({ metadata, spec }: ManifestWorkReplicaSet): readonly string[] {
  return [...new Set(spec?.placementRefs.map(({ name }) => `${metadata.namespace}/${name}`))];
}

/** Keys of the Placement that a slice belongs to, by its label. */
export function placementOfSlice({ metadata }: PlacementDecision): readonly string[] {
  const name = metadata.labels?.[labels.placement] ?? '';
  return name === '' ? [] : [`${metadata.namespace}/${name}`];
}
