// Cluster sets and bindings
export {
  clustersOfSet,
  isMember,
  setMembership,
  type SetMembership,
  setsOfCluster,
  type SetsOfCluster,
} from './cluster-set.ts';
export { boundBindings, eligibleSets, validBindings } from './cluster-set-binding.ts';

// Selectors and names
export {
  type LabelMatcher,
  labelReader,
  type LabelReader,
  parseLabelSelector,
  type ParsedSelector,
} from './label-selector.ts';
export { labelKeyProblem, labelValueProblem } from './label-syntax.ts';
export { compareNames } from './compare-names.ts';

// Decisions of a Placement
export {
  decidedClusters,
  type DecisionGroupKey,
  decisionSliceLabels,
  decisionSliceName,
  MAX_DECISIONS_PER_SLICE,
  slicesOfPlacement,
} from './decision-slice.ts';
export {
  allDecidedClusters,
  decisionChanges,
  type DecisionGroupChoice,
  type DecisionGroupClusters,
  type DecisionsOutcome,
  decisionsOfNames,
  groupOfCluster,
  groupsBesides,
  groupsByChoice,
  trackDecisions,
  type TrackedDecisions,
} from './decision-tracker.ts';

// Rollouts
export { type ClusterRollout, planRollout, type RolloutPlan, type RolloutSituation } from './rollout/plan-rollout.ts';
export { type RolloutState, rolloutStateOfWork, type RolloutStatus } from './rollout/rollout-status.ts';

// For score providers
export { normalizeScore } from './normalize-score.ts';
