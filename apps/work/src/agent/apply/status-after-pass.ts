import { type ManifestWork, type ManifestWorkStatus, setCondition } from '@ocm/api';
import { reviewStatus } from '../status/review-status.ts';
import type { Sighting } from '../status/sighting.ts';
import { manifestAppliedCondition, workAppliedCondition } from './applied-condition.ts';
import type { ManifestResult } from './manifest-result.ts';
import { mergeManifestStatuses } from './merge-manifest-status.ts';

export interface PassReport {
  readonly results: readonly ManifestResult[];
  /** One for each result. */
  readonly sightings: readonly Sighting[];
  /** Generation of the work that was applied. */
  readonly generation: number;
  readonly now: Date;
}

/** The status of a work after a pass: what was applied, and with it at once what the status loop would say, so that one patch carries both. */
export function statusAfterPass(
  { status = {}, spec }: ManifestWork,
  { results, sightings, generation, now }: PassReport,
): ManifestWorkStatus {
  const updates = results.map((result) => ({
    meta: result.manifest.meta,
    condition: manifestAppliedCondition(result, generation),
  }));
  const manifests = mergeManifestStatuses(status.resourceStatus?.manifests ?? [], updates, now);
  const appliedCondition = workAppliedCondition(results, generation);
  const next: ManifestWorkStatus = {
    ...status,
    ...(appliedCondition === undefined ? {} : { conditions: setCondition(status.conditions, appliedCondition, now) }),
    resourceStatus: { ...status.resourceStatus, manifests },
  };
  // Without manifests nothing was ever applied, or nothing is left: the status loop has the word (work 7.8, 11.1).
  if (appliedCondition === undefined) return next;
  return reviewStatus({ status: next, sightings, configs: spec?.manifestConfigs, generation, now });
}
