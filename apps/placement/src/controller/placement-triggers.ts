import {
  type AddOnPlacementScore,
  type ManagedCluster,
  type ManagedClusterSet,
  type ManagedClusterSetBinding,
  type Placement,
  type PlacementDecision,
  semanticEqual,
} from '@ocm/api';
import { setsOfCluster } from '@ocm/fleet';
import { keyOf, type Logger, type ObjectEvent, type WatchSource } from '@ocm/kube';
import { type PlacementCaches, placementOf } from './placement-context.ts';

type Keys = readonly string[];
type Labels = ManagedCluster['metadata']['labels'];

/** Section 13: which Placements have to be looked at when something changes. */
export function placementTriggers(caches: PlacementCaches, log: Logger): readonly WatchSource[] {
  const find = new AffectedPlacements(caches, log);
  return [
    caches.placements.events(({ object }) => keyOf(object)),
    caches.slices.events((event) => placementsOfSlice(event)),
    caches.bindings.events(({ object }) => find.ofBinding(object)),
    caches.sets.events(({ object }) => find.ofSet(object.metadata.name)),
    caches.clusters.events((event) => find.ofCluster(event)),
    caches.scores.events(({ object }) => find.ofScore(object)),
  ];
}

/** Also that of the label before the change: its slice has gone. */
function placementsOfSlice(event: ObjectEvent<PlacementDecision>): Keys {
  const now = placementOf(event.object);
  return event.type === 'updated' ? [...new Set([...now, ...placementOf(event.previous)])] : now;
}

class AffectedPlacements {
  readonly #caches: PlacementCaches;
  readonly #log: Logger;

  constructor(caches: PlacementCaches, log: Logger) {
    this.#caches = caches;
    this.#log = log;
  }

  ofBinding({ metadata: { namespace, name } }: ManagedClusterSetBinding): Keys {
    const { placements } = this.#caches;
    const affected: readonly Placement[] = [
      ...placements.by('set', `${namespace}/${name}`),
      ...placements.by('set', `${namespace}/*`),
    ];
    return affected.map(keyOf);
  }

  ofSet(set: string): Keys {
    return this.#caches.bindings.by('set', set).flatMap((binding) => this.ofBinding(binding));
  }

  /** Sets that took the cluster by its labels of before lose it now. */
  ofCluster(event: ObjectEvent<ManagedCluster>): Keys {
    const now = event.object.metadata.labels;
    const before = event.type === 'updated' ? event.previous.metadata.labels : now;
    const sets = new Set([
      ...this.#setsOf(event.object.metadata.name, now),
      ...(semanticEqual(now, before) ? [] : this.#setsOf(event.object.metadata.name, before)),
    ]);
    return [...new Set([...sets].flatMap((set) => this.ofSet(set)))];
  }

  /** The score of a cluster matters where a set that has the cluster is bound. */
  ofScore({ metadata: { namespace = '', name } }: AddOnPlacementScore): Keys {
    const { placements, bindings, clusters } = this.#caches;
    const interested = placements.by('score', name);
    const cluster = interested.length === 0 ? undefined : clusters.get(namespace);
    if (cluster === undefined) return [];
    const sets = this.#setsOf(namespace, cluster.metadata.labels);
    const reached = new Set(sets.flatMap((set) => bindings.by('set', set)).map(({ metadata }) => metadata.namespace));
    return interested.filter(({ metadata }) => reached.has(metadata.namespace)).map(keyOf);
  }

  /** A broken set is left out, so that it holds up nobody but those that need it (Q7). */
  #setsOf(cluster: string, labels: Labels): Keys {
    const all: readonly ManagedClusterSet[] = this.#caches.sets.list();
    const { names, broken } = setsOfCluster(labels, all);
    for (const { set, problem } of broken) {
      this.#log.warn({ cluster, clusterSet: set, problem }, 'cluster set ignored: its selector cannot be understood');
    }
    return names;
  }
}
