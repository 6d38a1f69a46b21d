import {
  AddOnPlacementScore,
  type KubeObject,
  labels,
  ManagedCluster,
  ManagedClusterSet,
  ManagedClusterSetBinding,
  Placement,
  PlacementDecision,
} from '@ocm/api';
import { type AnyInformer, informer, type Informer, type InformerOptions, type KubeClient } from '@ocm/kube';

/** Cache of a kind, with the indexes that placement 13.1 asks for. */
export type Cache<T extends KubeObject, Index extends string = never> = Informer<T, Index> & AnyInformer;

/** The caches that scheduling reads and is triggered by. */
export interface PlacementCaches {
  /**
   * `set`: `<namespace>/<set>` for each of `spec.clusterSets`, `<namespace>/*` when there are none. `score`: names of add-on score objects.
   * `namespace`: as it says.
   */
  readonly placements: Cache<Placement, 'set' | 'score' | 'namespace'>;
  /** `placement`: `<namespace>/<placement>`. */
  readonly slices: Cache<PlacementDecision, 'placement'>;
  readonly clusters: Cache<ManagedCluster>;
  readonly sets: Cache<ManagedClusterSet>;
  /** `set`: `spec.clusterSet`. */
  readonly bindings: Cache<ManagedClusterSetBinding, 'set' | 'namespace'>;
  readonly scores: Cache<AddOnPlacementScore>;
}

/** By what the caches find objects. */
export const INDEXES = {
  placements: { set: setsWanted, score: scoresWanted, namespace: namespaceOf },
  slices: { placement: placementOf },
  bindings: {
    set: ({ spec }: ManagedClusterSetBinding) => (spec?.clusterSet === undefined ? [] : [spec.clusterSet]),
    namespace: namespaceOf,
  },
} as const;

/** Caches of everything that scheduling reads, for one API server. */
export function createPlacementCaches(
  client: KubeClient,
  common: Pick<InformerOptions<KubeObject>, 'clock' | 'log' | 'metrics'>,
  resyncMs: number,
): PlacementCaches {
  return {
    placements: informer(client.kind(Placement), { ...common, resyncMs, indexes: INDEXES.placements }),
    slices: informer(client.kind(PlacementDecision), { ...common, indexes: INDEXES.slices }),
    clusters: informer(client.kind(ManagedCluster), common),
    sets: informer(client.kind(ManagedClusterSet), common),
    bindings: informer(client.kind(ManagedClusterSetBinding), { ...common, indexes: INDEXES.bindings }),
    scores: informer(client.kind(AddOnPlacementScore), common),
  };
}

/** Index by namespace. */
export function namespaceOf({ metadata }: KubeObject): readonly string[] {
  return [metadata.namespace ?? ''];
}

function setsWanted({ metadata, spec }: Placement): readonly string[] {
  const sets = spec.clusterSets ?? [];
  return (sets.length === 0 ? ['*'] : sets).map((set) => `${metadata.namespace}/${set}`);
}

/** Of any weight, as the weight may be what changes next. */
function scoresWanted({ spec }: Placement): readonly string[] {
  const configurations = spec.prioritizerPolicy?.configurations ?? [];
  const names = configurations.flatMap(({ scoreCoordinate: { type, addOn } }) =>
    type === 'BuiltIn' || addOn === undefined ? [] : [addOn.resourceName],
  );
  return [...new Set(names)];
}

/** Key of the Placement that a slice belongs to by its label. */
export function placementOf({ metadata }: PlacementDecision): readonly string[] {
  const name = metadata.labels?.[labels.placement] ?? '';
  return name === '' ? [] : [`${metadata.namespace}/${name}`];
}
