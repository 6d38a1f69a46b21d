import { type LeaseSpec, microTimestamp } from '@ocm/api';

/** Who wants a lease, and for how long. */
export interface Claimant {
  readonly identity: string;
  readonly leaseDurationMs: number;
}

/** Whether a claimant may take a lease. A lease of its own name it retakes at once: that is its own container before a restart. */
export function mayTake(
  { holderIdentity = '' }: LeaseSpec,
  { identity }: Pick<Claimant, 'identity'>,
  isExpired: boolean,
): boolean {
  return holderIdentity === '' || holderIdentity === identity || isExpired;
}

/** The spec of a lease that is taken or renewed at `now`; as client-go writes it, so that both can compete for one lease. */
export function claimLease(spec: LeaseSpec, { identity, leaseDurationMs }: Claimant, now: Date): LeaseSpec {
  const { holderIdentity, acquireTime, leaseTransitions } = spec;
  const renewTime = microTimestamp(now);
  const isMine = holderIdentity === identity;
  const isFresh = leaseTransitions === undefined;
  return {
    ...spec,
    holderIdentity: identity,
    leaseDurationSeconds: Math.max(1, Math.round(leaseDurationMs / 1000)),
    acquireTime: isMine ? (acquireTime ?? renewTime) : renewTime,
    renewTime,
    leaseTransitions: isFresh ? 0 : leaseTransitions + (isMine ? 0 : 1),
  };
}

/** The spec of a lease that its holder gives up: everybody may take it at once. */
export function releaseLease(spec: LeaseSpec, now: Date): LeaseSpec {
  const time = microTimestamp(now);
  return { ...spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: time, acquireTime: time };
}
