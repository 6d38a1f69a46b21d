import type { Kind } from '../kind.ts';
import type { ConditionStatus, KubeObject, Timestamp } from '../meta.ts';

/** v1 Node. */
export interface Node extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: {
    /** Resource name to quantity. */
    readonly capacity?: Readonly<Record<string, string>>;
    /** Resource name to quantity. */
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly NodeCondition[];
  };
}

/** An observation, such as `Ready`. */
export interface NodeCondition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: Timestamp;
}

export const Node: Kind<Node> = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };
