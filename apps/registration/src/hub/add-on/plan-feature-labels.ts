import {
  addOnConditions,
  addOnFeatureLabel,
  addOnHealth,
  clusterConditions,
  findCondition,
  isDeleting,
  type ManagedCluster,
  type ManagedClusterAddOn,
  parseAddOnFeatureLabel,
} from '@ocm/api';
import { labelKeyProblem } from '@ocm/fleet';

export type FeatureLabelPlan =
  | { readonly kind: 'keep' }
  /** `null` removes a label. */
  | { readonly kind: 'change'; readonly labels: Readonly<Record<string, string | null>> };

/**
 * The labels that tell on a cluster which add-ons it has and how they are (registration 19). A cluster that is being deleted, or of
 * which nothing is known yet, keeps its labels as they are. An add-on whose name is too long for a label has none.
 */
export function planFeatureLabels(cluster: ManagedCluster, addOns: readonly ManagedClusterAddOn[]): FeatureLabelPlan {
  const isKnown = findCondition(cluster.status?.conditions, clusterConditions.available.type) !== undefined;
  if (isDeleting(cluster) || !isKnown) return { kind: 'keep' };
  const present = cluster.metadata.labels ?? {};
  const wanted = new Map(
    addOns
      .filter((addOn) => !isDeleting(addOn))
      .map((addOn): [string, string] => [addOnFeatureLabel(addOn.metadata.name), healthOf(addOn)])
      .filter(([key]) => labelKeyProblem(key) === undefined),
  );
  const stale = Object.keys(present).filter((key) => parseAddOnFeatureLabel(key) !== undefined && !wanted.has(key));
  const changed = [...wanted].filter(([key, value]) => present[key] !== value);
  if (stale.length === 0 && changed.length === 0) return { kind: 'keep' };
  return {
    kind: 'change',
    labels: Object.fromEntries([...stale.map((key): [string, null] => [key, null]), ...changed]),
  };
}

function healthOf({ status }: ManagedClusterAddOn): string {
  switch (findCondition(status?.conditions, addOnConditions.available.type)?.status) {
    case 'True':
      return addOnHealth.available;
    case 'False':
      return addOnHealth.unhealthy;
    default:
      return addOnHealth.unreachable;
  }
}
