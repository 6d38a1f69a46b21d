import type { ManagedCluster, Placement, PlacementDecision, PlacementStatus } from '@ocm/api';
import { decidedClusters, labelValueProblem } from '@ocm/fleet';
import { type GroupPlan, groupDecisions } from './decisions/decision-groups.ts';
import { type PlannedSlice, sliceGroups } from './decisions/decision-slices.ts';
import { type Availability, type AvailabilitySources, availableClusters } from './schedule/available-clusters.ts';
import type { CompiledSpec } from './schedule/compile-spec.ts';
import { schedule, type Schedule, unschedulable } from './schedule/schedule.ts';
import type { Selection } from './schedule/selection.ts';
import { misconfigured, type Misconfiguration, type Verdict } from './schedule/verdict.ts';
import type { SchedulingWorld } from './schedule/world.ts';
import { type AvailabilitySummary, placementStatus } from './status/placement-status.ts';

/** Everything that one reconcile of a Placement reads. */
export interface PlacementWorld
  extends AvailabilitySources, Pick<SchedulingWorld, 'findCluster' | 'findScore' | 'counts' | 'measure'> {
  /** Slices with the Placement's label, in its namespace. */
  readonly slices: readonly PlacementDecision[];
  readonly now: Date;
}

/** What a Placement comes to, or why it cannot be decided. */
export type PlacementDecided =
  | ({
      readonly kind: 'decided';
      readonly availability: Extract<Availability, { kind: 'known' }>;
      readonly schedule: Schedule;
    } & Conclusion)
  | { readonly kind: 'failed'; readonly message: string };

/** How a Placement should be once it is known what is selected. */
export interface Conclusion {
  readonly slices: readonly PlannedSlice[];
  readonly status: PlacementStatus;
  /** Anything but success is retried with back-off (placement 3, step 11). */
  readonly verdict: Verdict;
}

/**
 * Steps 4 to 7 of placement 3, as one function of the world: what the slices and the status of the Placement should be. This is the
 * definition; what the controller runs is `delta`, which must say the same.
 */
export function decidePlacement(placement: Placement, compiled: CompiledSpec, world: PlacementWorld): PlacementDecided {
  const { spec, metadata } = placement;
  const availability = availableClusters(spec.clusterSets, world);
  if (availability.kind === 'failed') return availability;
  const unusable = nameProblem(metadata.name);
  const outcome =
    unusable === undefined
      ? schedule(compiled, schedulingWorld(availability.clusters, world))
      : unschedulable(unusable, []);
  const summary = { ...availability, clusterCount: availability.clusters.length };
  const conclusion = concludePlacement(placement, { availability: summary, selection: outcome, now: world.now });
  return { kind: 'decided', availability, schedule: outcome, ...conclusion };
}

/**
 * Steps 6 and 7 of placement 3: groups, slices and status.
 *
 * @param outcome.groups what `groupDecisions` says, if that is known already
 */
export function concludePlacement(
  placement: Placement,
  outcome: {
    readonly availability: AvailabilitySummary;
    readonly selection: Selection;
    readonly groups?: GroupPlan;
    readonly now: Date;
  },
): Conclusion {
  const { spec, metadata } = placement;
  const { availability, selection, now } = outcome;
  const { groups = groupDecisions(selection.selected, spec.decisionStrategy?.groupStrategy) } = outcome;
  const unusable = nameProblem(metadata.name);
  const plan: GroupPlan = unusable === undefined ? groups : { kind: 'broken', groups: [], problem: unusable };
  const slices = sliceGroups(metadata.name, plan.groups);
  const verdict = plan.kind === 'broken' ? plan.problem : selection.verdict;
  const reported = {
    wantedSets: spec.clusterSets ?? [],
    availability,
    verdict,
    selectedCount: unusable === undefined ? selection.selected.length : 0,
    unscheduled: selection.unscheduled,
    slices,
  };
  return { slices, status: placementStatus(placement.status, reported, now), verdict };
}

/** What scheduling sees once it is known which clusters are available. */
export function schedulingWorld(available: readonly ManagedCluster[], world: PlacementWorld): SchedulingWorld {
  const { findCluster, findScore, counts, measure, slices, now } = world;
  const existing = new Set(slices.flatMap(decidedClusters));
  return { available, existing, findCluster, findScore, counts, measure, nowMs: now.getTime() };
}

/** A Placement's name is the value of a label of its slices (Q5). */
function nameProblem(name: string): Misconfiguration | undefined {
  const problem = labelValueProblem(name);
  return problem === undefined
    ? undefined
    : misconfigured('', `the name becomes a label of PlacementDecisions: ${problem}`);
}
