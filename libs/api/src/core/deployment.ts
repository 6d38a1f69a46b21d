import type { Kind } from '../kind.ts';
import type { ConditionStatus, KubeObject, LabelSelector, Timestamp } from '../meta.ts';
import type { PodTemplate } from './pod.ts';

/** apps/v1 Deployment. */
export interface Deployment extends KubeObject {
  readonly spec?: {
    /** 1 when absent. */
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly conditions?: readonly DeploymentCondition[];
  };
}

/** An observation, such as `Available` or `Progressing`. */
export interface DeploymentCondition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: Timestamp;
  readonly lastTransitionTime?: Timestamp;
}

export const Deployment: Kind<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
