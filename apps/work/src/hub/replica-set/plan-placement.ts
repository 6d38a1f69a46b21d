import {
  isDeleting,
  type ManifestWork,
  type ManifestWorkReplicaSet,
  type Placement,
  type PlacementDecision,
  type ReplicaSetPlacement,
  semanticEqual,
} from '@ocm/api';
import {
  allDecidedClusters,
  type ClusterRollout,
  planRollout,
  type RolloutPlan,
  rolloutStateOfWork,
  trackDecisions,
} from '@ocm/fleet';
import { templateOf } from './desired-work.ts';

/** What is known when one Placement of a replica set is looked at. */
export interface PlacementSight {
  readonly set: ManifestWorkReplicaSet;
  readonly ref: ReplicaSetPlacement;
  readonly placement: Placement;
  /** The slices of the Placement. */
  readonly slices: readonly PlacementDecision[];
  /** The works that the replica set has for this Placement. */
  readonly works: readonly ManifestWork[];
  readonly nowMs: number;
}

/** A work to create, or to turn into what it should be. */
export type WorkWrite =
  | { readonly kind: 'create'; readonly cluster: string }
  | { readonly kind: 'update'; readonly cluster: string; readonly work: ManifestWork };

/** What is to be done for one Placement (work 12.4 step 3), and where its works stand. */
export interface PlacementPlan {
  readonly placement: Placement;
  readonly ref: ReplicaSetPlacement;
  /** What is wrong with the strategy or the decisions; then nothing is written. */
  readonly problem?: string;
  readonly writes: readonly WorkWrite[];
  /** Works to delete because their cluster is not chosen any more, whatever their spec. */
  readonly unselected: readonly ManifestWork[];
  /** Works to delete because their cluster has an older one. */
  readonly surplus: readonly ManifestWork[];
  /** Works with the present template, by chosen cluster. */
  readonly current: ReadonlyMap<string, ManifestWork>;
  readonly rollout: RolloutReport;
}

/** How the rollout goes, for those who read the status. */
export interface RolloutReport {
  /** Chosen clusters in rollout status Succeeded. */
  readonly succeeded: number;
  /** Clusters that have failed or timed out, by name. */
  readonly failing: readonly string[];
  readonly isBreached: boolean;
  /** When time alone changes the plan. */
  readonly recheckInMs?: number;
}

type Planned = Extract<RolloutPlan, { kind: 'planned' }>;

/** Decides for one Placement of a replica set which works to write and which to delete. */
export function planPlacement(sight: PlacementSight): PlacementPlan {
  const { set, ref, placement, slices, nowMs } = sight;
  const { kept, surplus } = onePerCluster(sight.works);
  const currentWorks = kept.filter(isCurrentFor(set));
  const decisions = trackDecisions(slices);
  const common = { placement, ref, surplus };
  if (decisions.kind === 'unreadable') return unplanned({ ...common, problem: decisions.problem }, currentWorks);
  const chosen = allDecidedClusters(decisions.groups);
  const known = currentWorks.map(whereItStands);
  const plan = planRollout({ strategy: ref.rolloutStrategy, groups: decisions.groups, known, nowMs });
  const unselected = kept.filter((work) => !chosen.has(work.metadata.namespace ?? '') && !isDeleting(work));
  const current = byCluster(currentWorks.filter(({ metadata }) => chosen.has(metadata.namespace ?? '')));
  if (plan.kind === 'invalid') return unplanned({ ...common, problem: plan.problem }, [...current.values()]);
  return {
    ...common,
    writes: writesOf(plan, byCluster(kept)),
    unselected,
    current,
    rollout: reportOf(
      plan,
      known.filter(({ cluster }) => chosen.has(cluster)),
    ),
  };
}

function unplanned(
  known: Pick<PlacementPlan, 'placement' | 'ref' | 'surplus' | 'problem'>,
  current: readonly ManifestWork[],
): PlacementPlan {
  const rollout = { succeeded: 0, failing: [], isBreached: false };
  return { ...known, surplus: [], writes: [], unselected: [], current: byCluster(current), rollout };
}

/** At most one work per cluster: the oldest that is there to stay, else the oldest. */
function onePerCluster(works: readonly ManifestWork[]): {
  readonly kept: readonly ManifestWork[];
  readonly surplus: readonly ManifestWork[];
} {
  const byNamespace = Map.groupBy(works, ({ metadata }) => metadata.namespace ?? '');
  const ordered = [...byNamespace.values()].map((each) => (each.length === 1 ? each : each.toSorted(oldestFirst)));
  return {
    kept: ordered.flatMap(([first]) => first ?? []),
    surplus: ordered.flatMap(([, ...others]) => others.filter((work) => !isDeleting(work))),
  };
}

function oldestFirst(a: ManifestWork, b: ManifestWork): number {
  return Number(isDeleting(a)) - Number(isDeleting(b)) || (birthOf(a) < birthOf(b) ? -1 : 1);
}

function birthOf({ metadata }: ManifestWork): string {
  return `${metadata.creationTimestamp ?? ''}/${metadata.name}`;
}

/** Whether a work has the present template. Works share their specs, so that few of them have to be compared. */
function isCurrentFor(set: ManifestWorkReplicaSet): (work: ManifestWork) => boolean {
  const template = templateOf(set);
  const compared = new Map<ManifestWork['spec'], boolean>();
  return ({ spec }) => {
    const known = compared.get(spec);
    if (known !== undefined) return known;
    const isCurrent = semanticEqual(spec ?? {}, template);
    compared.set(spec, isCurrent);
    return isCurrent;
  };
}

function whereItStands(work: ManifestWork): ClusterRollout {
  return { cluster: work.metadata.namespace ?? '', ...rolloutStateOfWork(work) };
}

function writesOf({ batch }: Planned, works: ReadonlyMap<string, ManifestWork>): readonly WorkWrite[] {
  return batch.flatMap(({ cluster, status }): readonly WorkWrite[] => {
    if (status !== 'ToApply') return [];
    const work = works.get(cluster);
    if (work === undefined) return [{ kind: 'create', cluster }];
    // It is created again once it is gone.
    return isDeleting(work) ? [] : [{ kind: 'update', cluster, work }];
  });
}

function reportOf(
  { timedOut, batch, isBreached, recheckInMs }: Planned,
  known: readonly ClusterRollout[],
): RolloutReport {
  const failing = [...timedOut, ...batch.filter(({ status }) => status === 'Failed')].map(({ cluster }) => cluster);
  return {
    succeeded: known.filter(({ status }) => status === 'Succeeded').length,
    failing: failing.toSorted(),
    isBreached,
    ...(recheckInMs === undefined ? {} : { recheckInMs }),
  };
}

function byCluster(works: readonly ManifestWork[]): ReadonlyMap<string, ManifestWork> {
  return new Map(works.map((work) => [work.metadata.namespace ?? '', work]));
}
