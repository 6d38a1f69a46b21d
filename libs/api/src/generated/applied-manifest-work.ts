// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject, Timestamp } from '../meta.ts';

export interface AppliedManifestWork extends KubeObject {
  readonly spec?: AppliedManifestWorkSpec;
  readonly status?: AppliedManifestWorkStatus;
}

export interface AppliedManifestWorkSpec {
  readonly agentID?: string;
  readonly hubHash: string;
  readonly manifestWorkName: string;
}

export interface AppliedManifestWorkStatus {
  readonly appliedResources?: readonly AppliedResource[];
  readonly evictionStartTime?: Timestamp;
}

export interface AppliedResource {
  readonly group?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly resource: string;
  readonly uid?: string;
  readonly version: string;
}

export const AppliedManifestWork: Kind<AppliedManifestWork> = {
  group: 'work.open-cluster-management.io',
  version: 'v1',
  kind: 'AppliedManifestWork',
  plural: 'appliedmanifestworks',
  namespaced: false,
};
