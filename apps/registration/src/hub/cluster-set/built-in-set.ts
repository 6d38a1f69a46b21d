import {
  annotations,
  builtInClusterSets,
  type ClusterSetSelector,
  isDeleting,
  type ManagedClusterSet,
  semanticEqual,
} from '@ocm/api';

/** A set that the hub makes itself. */
export interface BuiltInSet {
  readonly name: string;
  readonly selector: ClusterSetSelector;
}

/** Takes the clusters whose label names it, which the webhook gives to all that name none. */
export const defaultSet: BuiltInSet = {
  name: builtInClusterSets.default,
  selector: { selectorType: 'ExclusiveClusterSetLabel' },
};

/** Takes all clusters. */
export const globalSet: BuiltInSet = {
  name: builtInClusterSets.global,
  selector: { selectorType: 'LabelSelector', labelSelector: {} },
};

export type BuiltInSetPlan =
  | { readonly kind: 'create'; readonly set: ManagedClusterSet }
  | {
      readonly kind: 'restore';
      readonly present: ManagedClusterSet;
      readonly spec: NonNullable<ManagedClusterSet['spec']>;
    }
  | { readonly kind: 'keep' };

/** What is to be done so that a built-in set has its selector (registration 14). Everything else about the set is its users' affair. */
export function planBuiltInSet({ name, selector }: BuiltInSet, present: ManagedClusterSet | undefined): BuiltInSetPlan {
  if (present === undefined) {
    return { kind: 'create', set: { metadata: { name }, spec: { clusterSelector: selector } } };
  }
  // One that is being deleted comes back once it is gone.
  if (isDeleting(present) || present.metadata.annotations?.[annotations.autoUpdate] === 'false')
    return { kind: 'keep' };
  if (semanticEqual(present.spec?.clusterSelector, selector)) return { kind: 'keep' };
  return { kind: 'restore', present, spec: { ...present.spec, clusterSelector: selector } };
}
