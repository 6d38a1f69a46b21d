// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject, Timestamp } from '../meta.ts';

/**
 * The managed cluster's record of a ManifestWork. It owns the applied objects, so that they go when it is deleted. Its
 * name is the hub hash, a dash and the name of the work.
 */
export interface AppliedManifestWork extends KubeObject {
  /** Which work of which hub it stands for. */
  readonly spec?: AppliedManifestWorkSpec;
  /** What was applied. */
  readonly status?: AppliedManifestWorkStatus;
}

/** Which work of which hub it stands for. */
export interface AppliedManifestWorkSpec {
  /** The agent that keeps the record. */
  readonly agentID?: string;
  /** SHA-256 of the hub's address in hex; it tells the works of different hubs apart. */
  readonly hubHash: string;
  /** Name of the ManifestWork on the hub. */
  readonly manifestWorkName: string;
}

/** What was applied. */
export interface AppliedManifestWorkStatus {
  /** Applied objects, sorted by group, version, resource, namespace and name. */
  readonly appliedResources?: readonly AppliedResource[];
  /**
   * Since when the work is missing on the hub. After a grace period the record and what it owns are deleted; the field
   * goes when the work is back.
   */
  readonly evictionStartTime?: Timestamp;
}

/** An applied object. */
export interface AppliedResource {
  /** API group; empty for the core group. */
  readonly group?: string;
  /** Name of the object. */
  readonly name: string;
  /** Namespace; empty for cluster-scoped objects. */
  readonly namespace?: string;
  /** Plural name of the resource. */
  readonly resource: string;
  /** UID of the object, so that another of the same name is not taken for it. */
  readonly uid?: string;
  /** API version that it was applied in. */
  readonly version: string;
}

export const AppliedManifestWork: Kind<AppliedManifestWork> = {
  group: 'work.open-cluster-management.io',
  version: 'v1',
  kind: 'AppliedManifestWork',
  plural: 'appliedmanifestworks',
  namespaced: false,
};
