import type { ManagedClusterSet } from '@ocm/api';
import { setMembership, type SetMembership } from '@ocm/fleet';

/** How a set finds its members. */
export type MembershipReader = (set: ManagedClusterSet) => SetMembership;

/** Reads the selector of each set once: caches hand out the same frozen object until the set changes. */
export function membershipReader(): MembershipReader {
  const known = new WeakMap<ManagedClusterSet, SetMembership>();
  return (set) => {
    const present = known.get(set);
    if (present !== undefined) return present;
    const membership = setMembership(set);
    known.set(set, membership);
    return membership;
  };
}
