import { type Outcome, requeueAfter, retry } from '@ocm/kube';
import type { AppliedOutcome, ManifestResult } from './manifest-result.ts';
import type { RecordedResources } from './record-resources.ts';

export interface PassEnd {
  readonly results: readonly ManifestResult[];
  readonly recorded: RecordedResources;
  /** When to look again at stale resources that are not gone yet; `undefined` when there are none. */
  readonly pendingMs: number | undefined;
  readonly resyncMs: number;
  readonly executorRetryMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** When to look at the work again (work 7.8, 7.11): with back-off after errors, else at the next reason to, and at the latest for drift. */
export function afterPass({ results, recorded, pendingMs, resyncMs, executorRetryMs, nowMs }: PassEnd): Outcome {
  const failures = [...results.flatMap(failureOf), ...failuresToRecord(recorded)];
  if (failures.length > 0) return retry(summarize(failures));
  const denied = results.some(({ outcome }) => outcome.kind === 'denied');
  const heldMs = results.map(({ outcome }) => (outcome.kind === 'applied' ? heldFor(outcome, nowMs) : Infinity));
  return requeueAfter(Math.min(resyncMs, denied ? executorRetryMs : Infinity, pendingMs ?? Infinity, ...heldMs));
}

function heldFor({ heldUntilMs }: AppliedOutcome, nowMs: number): number {
  return heldUntilMs === undefined ? Infinity : heldUntilMs - nowMs;
}

function failureOf({ outcome }: ManifestResult): readonly Error[] {
  switch (outcome.kind) {
    case 'applied':
    // Neither a denial nor a conflict of field managers is an error of the pass (work 7.8).
    case 'denied':
    case 'field-conflict':
      return [];
    case 'conflict':
    case 'lost':
    case 'unusable-ignore-fields':
    case 'failed':
      return [outcome.error];
  }
}

function failuresToRecord(recorded: RecordedResources): readonly Error[] {
  switch (recorded.kind) {
    case 'recorded':
      return recorded.errors;
    case 'unknown':
      return [recorded.error];
    case 'skipped':
      return [];
  }
}

function summarize(failures: readonly Error[]): Error {
  const [first] = failures;
  if (first !== undefined && failures.length === 1) return first;
  return new AggregateError(
    failures,
    `${failures.length} manifests or applied resources failed: ${first?.message ?? ''}`,
  );
}
