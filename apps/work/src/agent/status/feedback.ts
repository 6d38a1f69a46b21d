import {
  type ConditionUpdate,
  type FeedbackValue,
  manifestConditions,
  type ManifestStatus,
  removeCondition,
  semanticEqual,
  setCondition,
} from '@ocm/api';
import type { FeedbackReport } from '../feedback/evaluate-feedback.ts';
import type { Stage } from './stage.ts';

const { type, noRules, synced, failed } = manifestConditions.statusFeedbackSynced;

/** Feedback values and the condition `StatusFeedbackSynced` (work 11.3). Its transition time tells when values changed last. */
export const feedbackStage: Stage = {
  readsObject: true,
  review: (entry, { sighting, options, now }) => {
    if (options.feedbackRules.length === 0) return withFeedback(entry, { values: [], condition: noRules }, now);
    if (sighting.kind !== 'present' || sighting.findings === undefined) return entry;
    const { feedback } = sighting.findings;
    return withFeedback(entry, { values: feedback.values, condition: conditionOf(feedback) }, now);
  },
};

function conditionOf({ problems }: FeedbackReport): ConditionUpdate {
  if (problems.length === 0) return synced;
  const message = `Sync status feedback failed with error ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}`;
  return { ...failed, message };
}

function withFeedback(
  entry: ManifestStatus,
  { values, condition }: { readonly values: readonly FeedbackValue[]; readonly condition: ConditionUpdate },
  now: Date,
): ManifestStatus {
  const { statusFeedback, ...rest } = entry;
  const isSame = semanticEqual({ values: statusFeedback?.values ?? [] }, { values });
  const conditions = setCondition(isSame ? entry.conditions : removeCondition(entry.conditions, type), condition, now);
  if (isSame) return conditions === entry.conditions ? entry : { ...entry, conditions };
  return { ...rest, ...(values.length === 0 ? {} : { statusFeedback: { values } }), conditions };
}
