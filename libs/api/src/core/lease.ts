import type { Kind } from '../kind.ts';
import type { KubeObject, Timestamp } from '../meta.ts';

/** coordination.k8s.io/v1 Lease. */
export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

/** Who holds the lease, and since when. */
export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** RFC 3339 with microseconds. */
  readonly acquireTime?: Timestamp;
  /** RFC 3339 with microseconds. */
  readonly renewTime?: Timestamp;
  readonly leaseTransitions?: number;
}

export const Lease: Kind<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};
