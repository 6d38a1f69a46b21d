import {
  clusterConditions,
  finalizers,
  hasFinalizer,
  isConditionTrue,
  isDeleting,
  type ManagedCluster,
} from '@ocm/api';

/**
 * Which permission objects of a cluster exist: `none`; `reduced`: at most the ClusterRole of a denied cluster and its binding;
 * `granting`: anything beyond that.
 */
export type PermissionState = 'none' | 'reduced' | 'granting';

export type AcceptancePlan =
  | { readonly kind: 'nothing' }
  /** Gate ManagedClusterAutoApproval: note the time on the cluster and accept it; the event of that write continues the work. */
  | { readonly kind: 'auto-accept'; readonly cluster: ManagedCluster }
  | { readonly kind: 'accept'; readonly cluster: ManagedCluster }
  /** Take all permissions but the look at the own ManagedCluster away. */
  | { readonly kind: 'deny'; readonly cluster: ManagedCluster }
  /** Take all permissions away; then let the cluster go, unless it is gone already. */
  | { readonly kind: 'remove'; readonly cluster: ManagedCluster | undefined };

export interface AcceptanceFacts {
  readonly permissions: PermissionState;
  /** Whether the gate is on and the cluster has neither been accepted automatically before nor been refused by a driver. */
  readonly mayAutoAccept: boolean;
}

/** What the hub does about a cluster (registration 8.1). */
export function decideAcceptance(cluster: ManagedCluster | undefined, facts: AcceptanceFacts): AcceptancePlan {
  if (cluster === undefined || isDeleting(cluster)) {
    return facts.permissions === 'none' && !isHeld(cluster) ? { kind: 'nothing' } : { kind: 'remove', cluster };
  }
  if (facts.mayAutoAccept) return { kind: 'auto-accept', cluster };
  if (cluster.spec?.hubAcceptsClient === true) return { kind: 'accept', cluster };
  // An acceptance that failed or was cut off half-way leaves permissions without the condition; they go as well.
  return wasAccepted(cluster) || facts.permissions === 'granting' ? { kind: 'deny', cluster } : { kind: 'nothing' };
}

function isHeld(cluster: ManagedCluster | undefined): boolean {
  return cluster !== undefined && hasFinalizer(cluster, finalizers.cluster);
}

function wasAccepted({ status }: ManagedCluster): boolean {
  return isConditionTrue(status?.conditions, clusterConditions.hubAccepted.type);
}
