import {
  type AddOnPlacementScore,
  type ManagedCluster,
  type ManagedClusterSet,
  type ManagedClusterSetBinding,
  type Placement,
  type PlacementDecision,
  semanticEqual,
} from '@ocm/api';
import { isMember, setMembership, type SetMembership } from '@ocm/fleet';
import { type Clock, keyOf, type Logger, type ObjectEvent, refOf, type WatchSource } from '@ocm/kube';
import { gathered } from './gathered.ts';
import { type PlacementCaches, placementOf } from './placement-caches.ts';

type Keys = readonly string[];
type Labels = ManagedCluster['metadata']['labels'];

/** Before the name of a set whose cluster has changed in something that only expressions can see. */
const FOR_EXPRESSIONS = 'expressions ';

/** Section 13: which Placements have to be looked at when something changes. */
export function placementTriggers(
  caches: PlacementCaches,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): readonly WatchSource[] {
  const find = new AffectedPlacements(caches, log);
  const sources: Readonly<Record<string, WatchSource>> = {
    placement: caches.placements.events(({ object }) => keyOf(object)),
    decision: caches.slices.events((event) => placementsOfSlice(event)),
    binding: caches.bindings.events(({ object }) => find.inNamespaceOf(object).map(keyOf)),
    set: caches.sets.events((event) => find.ofSetEvent(event).map(keyOf)),
    cluster: gathered({
      items: caches.clusters.events((event) => find.setsOf(event)),
      expand: (sets) => find.ofSets(sets),
      clock,
    }),
    score: gathered({
      items: caches.scores.events(({ object }) => find.interestingScore(object)),
      expand: (scores) => find.ofScores(scores),
      clock,
    }),
  };
  return Object.entries(sources).map(([cause, source]) => logged(source, cause, log));
}

/** Says of each Placement what has brought it here (placement 17.1, level 4). */
function logged(source: WatchSource, cause: string, log: Logger): WatchSource {
  return {
    ...source,
    start: (enqueue) =>
      source.start((key, options) => {
        log.debug({ placement: key, cause }, 'enqueued');
        enqueue(key, options);
      }),
  };
}

/** Also that of the label before the change: its slice has gone. */
function placementsOfSlice(event: ObjectEvent<PlacementDecision>): Keys {
  const now = placementOf(event.object);
  return event.type === 'updated' ? [...new Set([...now, ...placementOf(event.previous)])] : now;
}

class AffectedPlacements {
  readonly #caches: PlacementCaches;
  readonly #log: Logger;
  /** The sets of which `#memberships` speaks: a list stays the same array until a set changes. */
  #listed: readonly ManagedClusterSet[] | undefined;
  #memberships: readonly (readonly [string, SetMembership])[] = [];

  constructor(caches: PlacementCaches, log: Logger) {
    this.#caches = caches;
    this.#log = log;
  }

  /** Also Placements that do not want the set: to them it matters whether the namespace has any binding (placement 10.5, line 1). */
  inNamespaceOf({ metadata: { namespace = '' } }: ManagedClusterSetBinding): readonly Placement[] {
    return this.#caches.placements.by('namespace', namespace);
  }

  /** A set that comes or goes makes its bindings valid or invalid. */
  ofSetEvent({ type, object: { metadata } }: ObjectEvent<ManagedClusterSet>): readonly Placement[] {
    if (type === 'updated' || type === 'resync') return this.#ofSet(metadata.name);
    return this.#caches.bindings.by('set', metadata.name).flatMap((binding) => this.inNamespaceOf(binding));
  }

  /** Those that may draw from the set. */
  #ofSet(set: string): readonly Placement[] {
    const { bindings, placements } = this.#caches;
    return bindings
      .by('set', set)
      .flatMap(({ metadata: { namespace, name } }) => [
        ...placements.by('set', `${namespace}/${name}`),
        ...placements.by('set', `${namespace}/*`),
      ]);
  }

  /** @param items what `setsOf` says */
  ofSets(items: Keys): ReadonlySet<string> {
    const keys = new Set<string>();
    for (const item of items) {
      const isForExpressions = item.startsWith(FOR_EXPRESSIONS);
      const placements = this.#ofSet(isForExpressions ? item.slice(FOR_EXPRESSIONS.length) : item);
      for (const placement of placements)
        if (!isForExpressions || hasExpressions(placement)) keys.add(keyOf(placement));
    }
    return keys;
  }

  /** Sets that took the cluster by its labels of before lose it now. */
  setsOf(event: ObjectEvent<ManagedCluster>): Keys {
    const now = event.object.metadata.labels;
    if (event.type !== 'updated') return this.#setsWith(now);
    const before = event.previous.metadata.labels;
    const sets = semanticEqual(now, before)
      ? this.#setsWith(now)
      : [...new Set([...this.#setsWith(now), ...this.#setsWith(before)])];
    return looksSame(event.previous, event.object) ? sets.map((set) => FOR_EXPRESSIONS + set) : sets;
  }

  /** The key of a score that some Placement asks for. */
  interestingScore(score: AddOnPlacementScore): string | undefined {
    return this.#caches.placements.by('score', score.metadata.name).length === 0 ? undefined : keyOf(score);
  }

  /** The score of a cluster matters where a set that has the cluster is bound. */
  ofScores(keys: Keys): ReadonlySet<string> {
    const affected = new Set<string>();
    for (const [resource, scores] of Map.groupBy(keys.map(refOf), ({ name }) => name)) {
      const namespaces = this.#namespacesWith(scores.map(({ namespace = '' }) => namespace));
      for (const placement of this.#caches.placements.by('score', resource)) {
        if (namespaces.has(placement.metadata.namespace)) affected.add(keyOf(placement));
      }
    }
    return affected;
  }

  /** Where any of the clusters may be chosen. */
  #namespacesWith(clusters: Keys): ReadonlySet<string | undefined> {
    const sets = new Set(
      clusters.flatMap((name) => {
        const cluster = this.#caches.clusters.get(name);
        return cluster === undefined ? [] : this.#setsWith(cluster.metadata.labels);
      }),
    );
    const bindings = [...sets].flatMap((set) => this.#caches.bindings.by('set', set));
    return new Set(bindings.map(({ metadata }) => metadata.namespace));
  }

  /** Sets that take a cluster with these labels. A broken one is left out, so that it holds up nobody but those that need it (Q7). */
  #setsWith(labels: Labels): Keys {
    return this.#allMemberships().flatMap(([set, membership]) => (isMember(membership, labels) ? [set] : []));
  }

  #allMemberships(): readonly (readonly [string, SetMembership])[] {
    const sets = this.#caches.sets.list();
    if (this.#listed === sets) return this.#memberships;
    this.#listed = sets;
    this.#memberships = sets.map((set) => [set.metadata.name, setMembership(set)] as const);
    for (const [set, membership] of this.#memberships) {
      if (membership.kind !== 'broken') continue;
      const { problem } = membership;
      this.#log.warn({ clusterSet: set, problem }, 'cluster set ignored: its selector cannot be understood');
    }
    return this.#memberships;
  }
}

function hasExpressions({ spec }: Placement): boolean {
  return (spec.predicates ?? []).some(
    ({ requiredClusterSelector }) => (requiredClusterSelector?.celSelector?.celExpressions ?? []).length > 0,
  );
}

/** Whether everything is the same that sets, selectors, taints and prioritizers look at. */
function looksSame(before: ManagedCluster, after: ManagedCluster): boolean {
  return semanticEqual(scheduledBy(before), scheduledBy(after));
}

function scheduledBy({ metadata, spec, status }: ManagedCluster): object {
  const { labels, deletionTimestamp } = metadata;
  const { clusterClaims, allocatable, capacity } = status ?? {};
  return { labels, deletionTimestamp, taints: spec?.taints, clusterClaims, allocatable, capacity };
}
