import { type ConditionUpdate, placementConditions, type PlacementStatus, setCondition } from '@ocm/api';
import { groupStatuses, type PlannedSlice } from '../decisions/decision-slices.ts';
import type { SetEligibility } from '../schedule/available-clusters.ts';
import type { Verdict } from '../schedule/verdict.ts';

const { satisfied, misconfigured } = placementConditions;

/** Where the clusters of a Placement come from. */
export interface AvailabilitySummary extends Pick<SetEligibility, 'isBound' | 'sets'> {
  /** How many clusters the sets have that are not being deleted. */
  readonly clusterCount: number;
}

/** What the status of a Placement says. */
export interface PlacementOutcome {
  /** `spec.clusterSets`. */
  readonly wantedSets: readonly string[];
  readonly availability: AvailabilitySummary;
  /** Of scheduling, replaced by that of grouping when that went wrong. */
  readonly verdict: Verdict;
  readonly selectedCount: number;
  readonly unscheduled: number;
  readonly slices: readonly PlannedSlice[];
}

/** Section 10: the new status. What the service does not write stays as it was. */
export function placementStatus(
  previous: PlacementStatus | undefined,
  outcome: PlacementOutcome,
  now: Date,
): PlacementStatus {
  const configured = setCondition(previous?.conditions, misconfiguredCondition(outcome.verdict), now);
  return {
    ...previous,
    numberOfSelectedClusters: outcome.selectedCount,
    decisionGroups: groupStatuses(outcome.slices),
    conditions: setCondition(configured, satisfiedCondition(outcome), now),
  };
}

/** Section 10.4. */
function misconfiguredCondition(verdict: Verdict): ConditionUpdate {
  if (verdict.kind === 'misconfigured') {
    return { ...misconfigured.misconfigured, message: `${verdict.plugin}:${verdict.message}` };
  }
  return { ...misconfigured.configured, message: 'Placement configurations check pass' };
}

/** Section 10.5: the first that applies. */
function satisfiedCondition(outcome: PlacementOutcome): ConditionUpdate {
  const { availability, wantedSets, selectedCount, unscheduled } = outcome;
  if (!availability.isBound) {
    return { ...satisfied.noBindings, message: 'No valid ManagedClusterSetBindings found in placement namespace' };
  }
  if (availability.sets.length === 0) {
    const message = `None of ManagedClusterSets [${wantedSets.join(',')}] is bound to placement namespace`;
    return { ...satisfied.noIntersection, message };
  }
  if (availability.clusterCount === 0) {
    const message = `All ManagedClusterSets [${availability.sets.join(',')}] have no member ManagedCluster`;
    return { ...satisfied.allSetsEmpty, message };
  }
  if (selectedCount === 0) {
    return { ...satisfied.noClusterMatched, message: 'No ManagedCluster matches any of the cluster predicate' };
  }
  if (unscheduled === 0) return { ...satisfied.allScheduled, message: 'All cluster decisions scheduled' };
  return { ...satisfied.notAllScheduled, message: `${unscheduled} cluster decisions unscheduled` };
}
