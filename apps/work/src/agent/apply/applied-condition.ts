import { type ConditionUpdate, manifestConditions, workConditions } from '@ocm/api';
import type { ManifestResult } from './manifest-result.ts';

/** The condition `Applied` of one manifest (work 2.2). */
export function manifestAppliedCondition({ outcome }: ManifestResult, generation: number): ConditionUpdate {
  const { type, complete, failed, ignoreFieldsFailed } = manifestConditions.applied;
  if (outcome.kind === 'applied') {
    const message = outcome.note === undefined ? complete.message : `${complete.message}: ${outcome.note}`;
    return { ...complete, type, message, observedGeneration: generation };
  }
  const isIgnoreFields = outcome.kind === 'unusable-ignore-fields';
  const what = isIgnoreFields ? 'Failed to process ignoreFields' : 'Failed to apply manifest';
  const message = `${what}: ${outcome.error.message}`;
  return { ...(isIgnoreFields ? ignoreFieldsFailed : failed), type, message, observedGeneration: generation };
}

/** The condition `Applied` of the work (work 7.8); none for a work without manifests. */
export function workAppliedCondition(
  results: readonly ManifestResult[],
  generation: number,
): ConditionUpdate | undefined {
  if (results.length === 0) return undefined;
  const { complete, failed } = workConditions.applied;
  const outcome = results.every((result) => result.outcome.kind === 'applied') ? complete : failed;
  return { ...outcome, observedGeneration: generation };
}
