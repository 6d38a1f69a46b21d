import { defineCondition } from './define-condition.ts';

/** Conditions of a ManifestWork (work 2.2). */
export const workConditions = {
  applied: defineCondition('Applied', {
    complete: { status: 'True', reason: 'AppliedManifestWorkComplete', message: 'Apply manifest work complete' },
    failed: { status: 'False', reason: 'AppliedManifestWorkFailed', message: 'Failed to apply manifest work' },
  }),
  available: defineCondition('Available', {
    available: { status: 'True', reason: 'ResourcesAvailable', message: 'All resources are available' },
    notAvailable: { status: 'False', reason: 'ResourcesNotAvailable' },
    unknown: { status: 'Unknown', reason: 'ResourcesStatusUnknown' },
  }),
  deleting: defineCondition('Deleting', {
    deleting: { status: 'True', reason: 'WorkDeleting', message: 'ManifestWork is being deleted' },
  }),
  /** From condition rules of that name only, like `progressing` and `degraded`. */
  complete: defineCondition('Complete', {}),
  progressing: defineCondition('Progressing', {}),
  degraded: defineCondition('Degraded', {}),
  /** In status messages of a message broker only: the agent has deleted the work. */
  deleted: defineCondition('Deleted', { deleted: { status: 'True', reason: 'ManifestsDeleted' } }),
} as const;

/** Reason of a condition of a ManifestWork that sums up condition rules of one name (work 11.6). */
export const conditionRulesAggregated = 'ConditionRulesAggregated';

/** Conditions of one manifest of a ManifestWork (work 2.2). */
export const manifestConditions = {
  applied: defineCondition('Applied', {
    complete: { status: 'True', reason: 'AppliedManifestComplete', message: 'Apply manifest complete' },
    failed: { status: 'False', reason: 'AppliedManifestFailed' },
    ignoreFieldsFailed: { status: 'False', reason: 'AppliedManifestSSAIgnoreFieldError' },
  }),
  available: defineCondition('Available', {
    available: { status: 'True', reason: 'ResourceAvailable', message: 'Resource is available' },
    notAvailable: { status: 'False', reason: 'ResourceNotAvailable', message: 'Resource is not available' },
    fetchFailed: { status: 'Unknown', reason: 'FetchingResourceFailed' },
    incompleteMeta: { status: 'Unknown', reason: 'IncompleteResourceMeta', message: 'Resource meta is incomplete' },
  }),
  statusFeedbackSynced: defineCondition('StatusFeedbackSynced', {
    noRules: { status: 'True', reason: 'NoStatusFeedbackSynced', message: '' },
    synced: { status: 'True', reason: 'StatusFeedbackSynced', message: '' },
    failed: { status: 'False', reason: 'StatusFeedbackSyncFailed' },
  }),
} as const;

/** Reasons of manifest conditions that come from condition rules; their common prefix tells them from others (work 11.5). */
export const conditionRuleReasons = {
  prefix: 'ConditionRule',
  evaluated: 'ConditionRuleEvaluated',
  invalid: 'ConditionRuleInvalid',
  expressionError: 'ConditionRuleExpressionError',
  internalError: 'ConditionRuleInternalError',
} as const;

/** Conditions of a ManifestWorkReplicaSet (work 12.6). */
export const replicaSetConditions = {
  placementVerified: defineCondition('PlacementVerified', {
    asExpected: { status: 'True', reason: 'AsExpected' },
    decisionNotFound: { status: 'False', reason: 'PlacementDecisionNotFound' },
    decisionEmpty: { status: 'False', reason: 'PlacementDecisionEmpty' },
    notAsExpected: { status: 'False', reason: 'NotAsExpected' },
  }),
  placementRolledOut: defineCondition('PlacementRolledOut', {
    complete: { status: 'True', reason: 'Complete' },
    progressing: { status: 'False', reason: 'Progressing' },
  }),
  manifestworkApplied: defineCondition('ManifestworkApplied', {
    asExpected: { status: 'True', reason: 'AsExpected' },
    processing: { status: 'False', reason: 'Processing' },
    notAsExpected: { status: 'False', reason: 'NotAsExpected' },
    decisionEmpty: { status: 'False', reason: 'PlacementDecisionEmpty' },
    invalidName: { status: 'False', reason: 'InvalidManifestWorkName' },
  }),
} as const;
