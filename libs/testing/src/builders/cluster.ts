import {
  AddOnPlacementScore,
  type AddOnScore,
  ClusterClaim,
  type ClusterClientConfig,
  clusterConditions,
  type ConditionStatus,
  labels,
  ManagedCluster,
  ManagedClusterSet,
  ManagedClusterSetBinding,
  type ManagedClusterSetSpec,
  type ReportedClaim,
  type Taint,
} from '@ocm/api';
import { base, type ConditionLike, given, type Named, type Placed, statusOf } from './metadata.ts';

export interface ClusterOver extends Named {
  /** `spec.hubAcceptsClient`; default true. */
  readonly accepted?: boolean;
  /** Adds the condition that the hub writes for `accepted`, and makes it joined. */
  readonly joined?: boolean;
  /** Adds the Available condition with this status. */
  readonly available?: ConditionStatus | undefined;
  /** The exclusive set: a label. */
  readonly set?: string;
  readonly taints?: readonly Taint[];
  readonly leaseDurationSeconds?: number;
  readonly clientConfigs?: readonly ClusterClientConfig[];
  readonly claims?: Readonly<Record<string, string>>;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly capacity?: Readonly<Record<string, string>>;
  readonly kubernetes?: string;
  /** In addition to those that follow from `joined` and `available`. */
  readonly conditions?: readonly ConditionLike[];
}

/** An accepted cluster of which nothing else is known. */
export function aCluster(over: ClusterOver = {}): ManagedCluster {
  const { accepted = true, leaseDurationSeconds = 60, taints, clientConfigs, set, claims, kubernetes } = over;
  const setLabel = set === undefined ? {} : { [labels.clusterSet]: set };
  const allLabels = { ...setLabel, ...over.labels };
  const clusterClaims = claims === undefined ? undefined : claimsOf(claims);
  return {
    ...base(
      ManagedCluster,
      { ...over, labels: Object.keys(allLabels).length === 0 ? undefined : allLabels },
      { name: 'cluster1' },
    ),
    spec: {
      hubAcceptsClient: accepted,
      leaseDurationSeconds,
      ...given({ taints, managedClusterClientConfigs: clientConfigs }),
    },
    ...statusOf(clusterConditionsOf(over), {
      ...given({ allocatable: over.allocatable, capacity: over.capacity, clusterClaims }),
      ...(kubernetes === undefined ? {} : { version: { kubernetes } }),
    }),
  };
}

function clusterConditionsOf({ joined, available, conditions }: ClusterOver): readonly ConditionLike[] | undefined {
  const all: readonly ConditionLike[] = [
    ...(joined === true ? [clusterConditions.hubAccepted.accepted, clusterConditions.joined.joined] : []),
    ...(available === undefined ? [] : [AVAILABILITY[available]]),
    ...(conditions ?? []),
  ];
  return all.length === 0 ? undefined : all;
}

const AVAILABILITY: Readonly<Record<ConditionStatus, ConditionLike>> = {
  True: clusterConditions.available.available,
  False: clusterConditions.available.apiServerUnavailable,
  Unknown: clusterConditions.available.leaseUpdateStopped,
};

function claimsOf(claims: Readonly<Record<string, string>>): readonly ReportedClaim[] {
  return Object.entries(claims).map(([name, value]) => ({ name, value }));
}

export interface ClusterSetOver extends Named {
  /** Default: the exclusive label. */
  readonly selector?: NonNullable<ManagedClusterSetSpec['clusterSelector']>;
  readonly managedNamespaces?: readonly string[];
  readonly conditions?: readonly ConditionLike[];
}

/** A set of the clusters whose label names it. */
export function aClusterSet(over: ClusterSetOver = {}): ManagedClusterSet {
  const { selector = { selectorType: 'ExclusiveClusterSetLabel' }, managedNamespaces } = over;
  return {
    ...base(ManagedClusterSet, over, { name: 'set1' }),
    spec: {
      clusterSelector: selector,
      ...given({ managedNamespaces: managedNamespaces?.map((name) => ({ name })) }),
    },
    ...statusOf(over.conditions, {}),
  };
}

/** A binding; its name is the set's, as the webhook demands. */
export function aClusterSetBinding(
  over: Omit<Placed, 'name'> & { readonly set?: string; readonly conditions?: readonly ConditionLike[] } = {},
): ManagedClusterSetBinding {
  const { set = 'set1' } = over;
  return {
    ...base(ManagedClusterSetBinding, over, { name: set, namespace: 'default' }),
    spec: { clusterSet: set },
    ...statusOf(over.conditions, {}),
  };
}

/** A claim as it lies on a managed cluster. */
export function aClusterClaim(over: Named & { readonly value?: string } = {}): ClusterClaim {
  return {
    ...base(ClusterClaim, over, { name: 'platform.open-cluster-management.io' }),
    spec: { value: over.value ?? 'Other' },
  };
}

export interface AddOnPlacementScoreOver extends Placed {
  /** Score name to value, -100 to 100. */
  readonly scores?: Readonly<Record<string, number>>;
  readonly validUntil?: string;
  readonly conditions?: readonly ConditionLike[];
}

/** Scores of a cluster; its namespace is the cluster's. */
export function anAddOnPlacementScore(over: AddOnPlacementScoreOver = {}): AddOnPlacementScore {
  const scores: AddOnScore[] | undefined =
    over.scores === undefined ? undefined : Object.entries(over.scores).map(([name, value]) => ({ name, value }));
  return {
    ...base(AddOnPlacementScore, over, { name: 'score1', namespace: 'cluster1' }),
    ...statusOf(over.conditions, given({ scores, validUntil: over.validUntil })),
  };
}
