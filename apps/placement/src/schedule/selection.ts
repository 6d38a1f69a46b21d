import type { ManagedCluster } from '@ocm/api';
import type { Misconfiguration, Verdict } from './verdict.ts';

/** What scheduling came to. */
export interface Selection {
  readonly verdict: Verdict;
  /** In no particular order. */
  readonly selected: readonly ManagedCluster[];
  /** How many are wanted beyond those selected. */
  readonly unscheduled: number;
  /** When to look again because a toleration runs out (placement 5.5.5); `undefined` for no such time. */
  readonly requeueAfterMs: number | undefined;
}

/** Nothing can be selected. */
export function nothingSelected(verdict: Misconfiguration): Selection {
  return { verdict, selected: [], unscheduled: 0, requeueAfterMs: undefined };
}
