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
import type { CompileCel } from '../schedule/cel-expression.ts';
import { DecisionTally } from '../schedule/decision-tally.ts';
import { kubernetesCel } from '../schedule/kubernetes-cel.ts';
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
  const caches = createCaches(client, common, resyncMs);
  return {
    caches,
    live: { placements: client.kind(Placement), slices: client.kind(PlacementDecision) },
    tally: tallyOf(caches.slices),
    compileCel: kubernetesCel((cluster, resource) => caches.scores.get({ namespace: cluster, name: resource })),
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

function createCaches(
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

function tallyOf(slices: Cache<PlacementDecision, 'placement'>): DecisionTally {
  const tally = new DecisionTally();
  slices.subscribe((event) => {
    if (event.type === 'updated' || event.type === 'deleted') {
      tally.remove(event.type === 'updated' ? event.previous : event.object);
    }
    if (event.type === 'updated' || event.type === 'added') tally.add(event.object);
  });
  return tally;
}
