import { Placement, PlacementDecision } from '@ocm/api';
import { type Clock, type KubeClient, type KubeMetrics, type Logger, type Resource } from '@ocm/kube';
import { ClusterTable } from '../delta/cluster-table.ts';
import { DecisionTally } from '../delta/decision-tally.ts';
import { sharedExpressions } from '../delta/shared-expressions.ts';
import type { CompileCel } from '../schedule/cel-expression.ts';
import { kubernetesCel } from '../schedule/kubernetes-cel.ts';
import type { FindScore } from '../schedule/world.ts';
import type { BackgroundEvents } from './background-events.ts';
import { createPlacementCaches, type PlacementCaches, placementOf } from './placement-caches.ts';
import { noMetrics, type SchedulingMetrics } from './scheduling-metrics.ts';

/** The collaborators of the placement controller. */
export interface PlacementContext {
  readonly caches: PlacementCaches;
  readonly live: { readonly placements: Resource<Placement>; readonly slices: Resource<PlacementDecision> };
  /** Clusters as their cache has them. */
  readonly table: ClusterTable;
  /** Decisions of the whole hub, as the cache of slices has them. */
  readonly tally: DecisionTally;
  readonly compileCel: CompileCel;
  readonly events: Pick<BackgroundEvents, 'record'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: SchedulingMetrics;
}

export interface PlacementCollaborators {
  readonly client: KubeClient;
  readonly log: Logger;
  readonly clock: Clock;
  readonly kubeMetrics?: KubeMetrics | undefined;
  readonly metrics?: SchedulingMetrics | undefined;
  readonly events: BackgroundEvents;
  /** How often every Placement is looked at again. */
  readonly resyncMs: number;
}

export function createPlacementContext(collaborators: PlacementCollaborators): PlacementContext {
  const { client, log, clock, kubeMetrics, metrics = noMetrics, events, resyncMs } = collaborators;
  const common = { clock, log, ...(kubeMetrics === undefined ? {} : { metrics: kubeMetrics }) };
  const caches = createPlacementCaches(client, common, resyncMs);
  const findScore: FindScore = (cluster, resource) => caches.scores.get({ namespace: cluster, name: resource });
  return placementContext({
    caches,
    live: { placements: client.kind(Placement), slices: client.kind(PlacementDecision) },
    compileCel: kubernetesCel(findScore),
    events,
    clock,
    log,
    metrics,
  });
}

/** Adds what is derived from the caches. It has to be so early that everything derived is up to date before anybody is told of a change. */
export function placementContext(given: Omit<PlacementContext, 'table' | 'tally'>): PlacementContext {
  const table = tableOf(given.caches);
  const compileCel = sharedExpressions(given.compileCel, table);
  return { ...given, compileCel, table, tally: tallyOf(given.caches.slices, table) };
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

function tallyOf(slices: PlacementCaches['slices'], table: ClusterTable): DecisionTally {
  const tally = new DecisionTally(table, (slice) => placementOf(slice)[0]);
  slices.subscribe((event) => {
    if (event.type === 'updated' || event.type === 'deleted') {
      tally.remove(event.type === 'updated' ? event.previous : event.object);
    }
    if (event.type === 'updated' || event.type === 'added') tally.add(event.object);
  });
  return tally;
}
