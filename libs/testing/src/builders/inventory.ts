import { ClusterProfile, ClusterProperty, labels, SigPlacementDecision } from '@ocm/api';
import { base, type ConditionLike, type Named, type Placed, statusOf } from './metadata.ts';

const MANAGER = 'open-cluster-management';

export interface ClusterProfileOver extends Placed {
  readonly cluster?: string;
  readonly set?: string;
  readonly conditions?: readonly ConditionLike[];
}

/** As the registration controller makes one for a cluster in a bound set. */
export function aClusterProfile(over: ClusterProfileOver = {}): ClusterProfile {
  const { cluster = 'cluster1', set = 'set1', conditions } = over;
  const profileLabels = {
    [labels.clusterProfileManager]: MANAGER,
    [labels.clusterProfileSet]: set,
    [labels.clusterName]: cluster,
  };
  const placed = { ...over, labels: { ...profileLabels, ...over.labels } };
  return {
    ...base(ClusterProfile, placed, { name: cluster, namespace: 'default' }),
    spec: { displayName: cluster, clusterManager: { name: MANAGER } },
    ...statusOf(conditions, {}),
  };
}

/** A property as it lies on a managed cluster. */
export function aClusterProperty(over: Named & { readonly value?: string } = {}): ClusterProperty {
  return { ...base(ClusterProperty, over, { name: 'property1' }), spec: { value: over.value ?? 'value1' } };
}

/** The PlacementDecision of the multicluster group. */
export function aSigPlacementDecision(
  over: Placed & { readonly profiles?: readonly string[] } = {},
): SigPlacementDecision {
  const { profiles = ['cluster1'] } = over;
  return {
    ...base(SigPlacementDecision, over, { name: 'decision1', namespace: 'default' }),
    decisions: profiles.map((name) => ({ clusterProfileRef: { name } })),
  };
}
