import type { OwnerReference } from '@ocm/api';

/** What becomes of an object some of whose owners are gone (cloudevents-grpc 9.8), as the garbage collector of a cluster has it. */
export type OwnersVerdict =
  | { readonly kind: 'keep' }
  | { readonly kind: 'delete' }
  | { readonly kind: 'release'; readonly owners: readonly OwnerReference[] };

/** An object goes with the last of its owners; one that never had any stays. */
export function judgeOwners(owners: readonly OwnerReference[], gone: ReadonlySet<string>): OwnersVerdict {
  const left = owners.filter(({ uid }) => !gone.has(uid));
  if (left.length === owners.length) return { kind: 'keep' };
  return left.length === 0 ? { kind: 'delete' } : { kind: 'release', owners: left };
}
