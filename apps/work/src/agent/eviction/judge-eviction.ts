import type { AppliedManifestWork, HubHash, ManifestWork } from '@ocm/api';

/** From this grace on, nothing is ever evicted: 100 years (work 9.6). */
const NEVER_MS = 100 * 365 * 24 * 3_600_000;

export type EvictionVerdict =
  | { readonly kind: 'keep' }
  /** It is managed again, or eviction is switched off: the start time must go. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'start' }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'evict' };

export interface EvictionCase {
  /** One of our agent. */
  readonly appliedWork: AppliedManifestWork;
  /** The work that it names; `undefined` when the hub has none. */
  readonly work: ManifestWork | undefined;
  readonly hubHash: HubHash;
  readonly graceMs: number;
  readonly now: Date;
}

/** What happens to an AppliedManifestWork whose work is on no hub, or on a former one (work 9.6). */
export function judgeEviction({ appliedWork, work, hubHash, graceMs, now }: EvictionCase): EvictionVerdict {
  const startTime = appliedWork.status?.evictionStartTime;
  const isManaged = work !== undefined && appliedWork.metadata.name.startsWith(`${hubHash}-`);
  if (isManaged || graceMs >= NEVER_MS) return startTime === undefined ? { kind: 'keep' } : { kind: 'stop' };
  if (startTime === undefined) return { kind: 'start' };
  const leftMs = Date.parse(startTime) + graceMs - now.getTime();
  return leftMs > 0 ? { kind: 'wait', forMs: leftMs } : { kind: 'evict' };
}
