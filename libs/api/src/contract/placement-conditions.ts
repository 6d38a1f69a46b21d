import { defineCondition } from './define-condition.ts';

/** Conditions of a Placement. */
export const placementConditions = {
  satisfied: defineCondition('PlacementSatisfied', {
    allScheduled: { status: 'True', reason: 'AllDecisionsScheduled' },
    noBindings: { status: 'False', reason: 'NoManagedClusterSetBindings' },
    noIntersection: { status: 'False', reason: 'NoIntersection' },
    allSetsEmpty: { status: 'False', reason: 'AllManagedClusterSetsEmpty' },
    noClusterMatched: { status: 'False', reason: 'NoManagedClusterMatched' },
    notAllScheduled: { status: 'False', reason: 'NotAllDecisionsScheduled' },
  }),
  misconfigured: defineCondition('PlacementMisconfigured', {
    misconfigured: { status: 'True', reason: 'Misconfigured' },
    configured: { status: 'False', reason: 'Succeedconfigured' },
  }),
} as const;
