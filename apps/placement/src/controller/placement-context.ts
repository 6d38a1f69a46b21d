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
import {
  type AnyInformer,
  type Clock,
  type EventRecorder,
  eventRecorder,
  informer,
  type Informer,
  type InformerOptions,
  type KubeClient,
  type KubeMetrics,
  type Logger,
  type Resource,
  systemClock,
} from '@ocm/kube';
import { ClusterTable } from '../delta/cluster-table.ts';
import { DecisionTally } from '../delta/decision-tally.ts';
import { sharedExpressions } from '../delta/shared-expressions.ts';
import type { CompileCel } from '../schedule/cel-expression.ts';
import { kubernetesCel } from '../schedule/kubernetes-cel.ts';
import type { FindScore } from '../schedule/world.ts';
import { noMetrics, type SchedulingMetrics } from './scheduling-metrics.ts';

/** Cache of a kind, with the indexes that placement 13.1 asks for. */
export type Cache<T extends KubeObject, Index extends string = never> = Informer<T, Index> & AnyInformer;

/** The caches that scheduling reads and is triggered by. */
export interface PlacementCaches {
  /** `set`: `<namespace>/<set>` for each of `spec.clusterSets`, `<namespace>/*` when there are none. `score`: names of add-on score objects. */
  readonly placements: Cache<Placement, 'set' | 'score'>;
  /** `placement`: `<namespace>/<placement>`. */
  readonly slices: Cache<PlacementDecision, 'placement'>;
  readonly clusters: Cache<ManagedCluster>;
  readonly sets: Cache<ManagedClusterSet>;
  /** `set`: `spec.clusterSet`. */
  readonly bindings: Cache<ManagedClusterSetBinding, 'set' | 'namespace'>;
  readonly scores: Cache<AddOnPlacementScore>;
}

/** The collaborators of the placement controller. */
export interface PlacementContext {
  readonly caches: PlacementCaches;
  readonly live: { readonly placements: Resource<Placement>; readonly slices: Resource<PlacementDecision> };
  /** Clusters as their cache has them. */
  readonly table: ClusterTable;
  /** Decisions of the whole hub, as the cache of slices has them. */
  readonly tally: DecisionTally;
  readonly compileCel: CompileCel;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: SchedulingMetrics;
}

export interface PlacementCollaborators {
  readonly client: KubeClient;
  readonly log: Logger;
  readonly clock?: Clock | undefined;
  readonly kubeMetrics?: KubeMetrics | undefined;
  readonly metrics?: SchedulingMetrics | undefined;
  /** Names the process in events. */
  readonly instance: string;
  /** How often every Placement is looked at again. */
  readonly resyncMs: number;
}

export function createPlacementContext(collaborators: PlacementCollaborators): PlacementContext {
  const { client, log, clock = systemClock, kubeMetrics, metrics = noMetrics, instance, resyncMs } = collaborators;
  const common = { clock, log, ...(kubeMetrics === undefined ? {} : { metrics: kubeMetrics }) };
  const caches = createPlacementCaches(client, common, resyncMs);
  const table = tableOf(caches);
  const findScore: FindScore = (cluster, resource) => caches.scores.get({ namespace: cluster, name: resource });
  return {
    caches,
    live: { placements: client.kind(Placement), slices: client.kind(PlacementDecision) },
    table,
    tally: tallyOf(caches.slices, table),
    compileCel: sharedExpressions(kubernetesCel(findScore), table),
    events: eventRecorder({
      client,
      clock,
      log,
      reportingController: 'placement-controller',
      reportingInstance: instance,
    }),
    clock,
    log,
    metrics,
  };
}

/** Caches of everything that scheduling reads, for one API server. */
function createPlacementCaches(
  client: KubeClient,
  common: Pick<InformerOptions<KubeObject>, 'clock' | 'log' | 'metrics'>,
  resyncMs: number,
): PlacementCaches {
  return {
    placements: informer(client.kind(Placement), {
      ...common,
      resyncMs,
      indexes: { set: setsWanted, score: scoresWanted },
    }),
    slices: informer(client.kind(PlacementDecision), { ...common, indexes: { placement: placementOf } }),
    clusters: informer(client.kind(ManagedCluster), common),
    sets: informer(client.kind(ManagedClusterSet), common),
    bindings: informer(client.kind(ManagedClusterSetBinding), {
      ...common,
      indexes: {
        set: ({ spec }) => (spec?.clusterSet === undefined ? [] : [spec.clusterSet]),
        namespace: ({ metadata }) => [metadata.namespace ?? ''],
      },
    }),
    scores: informer(client.kind(AddOnPlacementScore), common),
  };
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

/** Scores belong to clusters: a change of them is a change of the cluster. */
function tableOf({ clusters, scores }: PlacementCaches): ClusterTable {
  const table = new ClusterTable();
  clusters.subscribe(({ type, object }) => {
    if (type === 'deleted') table.remove(object.metadata.name);
    else if (type !== 'resync') table.put(object);
  });
  scores.subscribe(({ type, object }) => {
    if (type !== 'resync') table.touch(object.metadata.namespace ?? '');
  });
  return table;
}

function tallyOf(slices: Cache<PlacementDecision, 'placement'>, table: ClusterTable): DecisionTally {
  const tally = new DecisionTally(table, (slice) => placementOf(slice)[0]);
  slices.subscribe((event) => {
    if (event.type === 'updated' || event.type === 'deleted') {
      tally.remove(event.type === 'updated' ? event.previous : event.object);
    }
    if (event.type === 'updated' || event.type === 'added') tally.add(event.object);
  });
  return tally;
}
