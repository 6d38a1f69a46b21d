import {
  annotations,
  clusterConditions,
  type ConditionUpdate,
  finalizers,
  hasFinalizer,
  isDeleting,
  type Kind,
  type KubeObject,
  type ManagedCluster,
} from '@ocm/api';

export type CleanupPlan =
  | { readonly kind: 'nothing' }
  /** Put the finalizer on the cluster, so that it stays until its objects are gone. */
  | { readonly kind: 'hold'; readonly cluster: ManagedCluster }
  /** Empty the namespace of a cluster that is being deleted, or is gone. */
  | { readonly kind: 'empty'; readonly cluster: ManagedCluster | undefined }
  /** The gate is off, and nobody else would take the finalizer away. */
  | { readonly kind: 'release'; readonly cluster: ManagedCluster };

/** What is to be done about the objects of a cluster (registration 16). `isOn`: gate ResourceCleanup. */
export function planCleanup(cluster: ManagedCluster | undefined, isOn: boolean): CleanupPlan {
  if (cluster === undefined) return isOn ? { kind: 'empty', cluster } : { kind: 'nothing' };
  const isHeld = hasFinalizer(cluster, finalizers.clusterResources);
  if (!isDeleting(cluster)) {
    // An accepted cluster gets this finalizer together with that of its permissions.
    return isOn && !isHeld && cluster.spec?.hubAcceptsClient !== true ? { kind: 'hold', cluster } : { kind: 'nothing' };
  }
  if (!isHeld) return { kind: 'nothing' };
  return isOn ? { kind: 'empty', cluster } : { kind: 'release', cluster };
}

export type TypeCleanup =
  | { readonly kind: 'empty' }
  | { readonly kind: 'remaining'; readonly condition: ConditionUpdate; readonly toDelete: readonly KubeObject[] };

/**
 * Which objects of one type are deleted next: those of the lowest priority that is left. Whatever is still there counts, also when it is
 * being deleted, so a higher priority waits until a lower one is really gone.
 */
export function planTypeCleanup({ group, version, plural }: Kind, objects: readonly KubeObject[]): TypeCleanup {
  if (objects.length === 0) return { kind: 'empty' };
  const lowest = Math.min(...objects.map(cleanupPriority));
  const held = objects.filter(({ metadata }) => (metadata.finalizers ?? []).length > 0).length;
  const message = `${objects.length} ${plural}.${version}.${group} remain in the cluster namespace, ${held} of them with finalizers`;
  return {
    kind: 'remaining',
    condition: { ...clusterConditions.deleting.resourceRemaining, message },
    toDelete: objects.filter((object) => cleanupPriority(object) === lowest && !isDeleting(object)),
  };
}

/** 0 to 100; what is no such number counts as 0. */
export function cleanupPriority({ metadata }: KubeObject): number {
  const text = metadata.annotations?.[annotations.cleanupPriority] ?? '';
  if (!/^[+-]?\d+$/.test(text)) return 0;
  const priority = Number(text);
  return priority >= 0 && priority <= 100 ? priority : 0;
}
