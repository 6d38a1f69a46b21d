import type { ManifestOptions } from '../manifest/manifest-config.ts';
import type { ConditionsReport } from '../conditions/evaluate-conditions.ts';
import type { FeedbackReport } from '../feedback/evaluate-feedback.ts';

/** What the rules of a manifest come to for one version of its object. */
export interface Findings {
  readonly feedback: FeedbackReport;
  readonly conditions: ConditionsReport;
}

/** Whether anybody needs to look into the object, and not only whether it is there. */
export function hasRules({ feedbackRules, conditionRules }: ManifestOptions): boolean {
  return feedbackRules.length > 0 || conditionRules.length > 0;
}
