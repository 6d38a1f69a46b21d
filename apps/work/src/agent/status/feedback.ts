import { type ConditionUpdate, manifestConditions, type ManifestStatus, setCondition } from '@ocm/api';
import type { Stage } from './stage.ts';

/** Feedback values (work 11.3). Rules are not evaluated yet, and a manifest that has some says so. */
export const feedbackStage: Stage = {
  readsObject: true,
  review: (entry, { options, now }) => {
    const { noRules, failed } = manifestConditions.statusFeedbackSynced;
    if (options.feedbackRules.length === 0) return withCondition(withoutValues(entry), { ...noRules }, now);
    const message = 'Sync status feedback failed with error status feedback is not supported yet';
    return withCondition(entry, { ...failed, message }, now);
  },
};

function withCondition(entry: ManifestStatus, condition: ConditionUpdate, now: Date): ManifestStatus {
  const conditions = setCondition(entry.conditions, condition, now);
  return conditions === entry.conditions ? entry : { ...entry, conditions };
}

function withoutValues(entry: ManifestStatus): ManifestStatus {
  if (entry.statusFeedback === undefined) return entry;
  const { statusFeedback: _statusFeedback, ...rest } = entry;
  return rest;
}
