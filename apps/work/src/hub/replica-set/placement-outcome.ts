import type { PlacementPlan } from './plan-placement.ts';

/** A plan for one Placement and what came of it. */
export interface PlacementOutcome {
  readonly plan: PlacementPlan;
  /** Clusters whose work has the present template because of this pass. */
  readonly written: ReadonlySet<string>;
  /** Works that could not be written or deleted. */
  readonly failures: readonly WorkFailure[];
}

/** One of them, and why. */
export interface WorkFailure {
  readonly cluster: string;
  readonly error: Error;
}
