import type { ClusterToleration, Taint } from '@ocm/api';
import { checkTolerations, judgeTaints } from '../schedule/tolerations.ts';

/** A toleration that would tolerate a taint if its time had not run out. */
export interface ExpiredToleration {
  /** Position in `spec.tolerations`, from 0. */
  readonly toleration: number;
  /** When it ran out, as RFC 3339; `undefined` when the taint has no `timeAdded`, which counts as added before all time. */
  readonly since: string | undefined;
}

/** Of a taint that is not tolerated: which tolerations match it all the same. */
export function expiredTolerations(
  taint: Taint,
  tolerations: readonly ClusterToleration[] = [],
): readonly ExpiredToleration[] {
  return tolerations.flatMap((toleration, position) =>
    matchesForEver(taint, toleration) ? [{ toleration: position, since: endOf(taint, toleration) }] : [],
  );
}

function matchesForEver(taint: Taint, { key, operator, value, effect }: ClusterToleration): boolean {
  const timeless = {
    ...(key === undefined ? {} : { key }),
    ...(operator === undefined ? {} : { operator }),
    ...(value === undefined ? {} : { value }),
    ...(effect === undefined ? {} : { effect }),
  };
  const checked = checkTolerations([timeless]);
  if (checked.kind === 'misconfigured') return false;
  const tainted = { metadata: { name: '' }, spec: { hubAcceptsClient: true, taints: [taint] } };
  return judgeTaints(tainted, checked, { isExisting: false, nowMs: 0 }).kind === 'tolerated';
}

function endOf({ timeAdded }: Taint, { tolerationSeconds }: ClusterToleration): string | undefined {
  const endMs = Date.parse(timeAdded ?? '') + Number(tolerationSeconds) * 1000;
  // A negative limit may lie before all dates.
  return Number.isNaN(new Date(endMs).getTime()) ? undefined : new Date(endMs).toISOString();
}
