import { ClusterClaim, ClusterProperty, type KubeObject, managedNamespaceLabel, Namespace, Node } from '@ocm/api';
import {
  type AnyInformer,
  every,
  informer,
  type Informer,
  type ObjectEvent,
  run,
  trigger,
  type WatchSource,
} from '@ocm/kube';
import { cacheOptions } from '../agent-context.ts';
import type { JoinedHub } from '../registration-driver.ts';
import { runTogether } from '../run-together.ts';
import { availableStage } from '../status/available-stage.ts';
import { claimsStage } from '../status/claims-stage.ts';
import { isClusterNews } from '../status/cluster-news.ts';
import { joinedStage } from '../status/joined-stage.ts';
import { managedNamespacesStage } from '../status/managed-namespaces-stage.ts';
import { resourcesStage } from '../status/resources-stage.ts';
import { statusController } from '../status/status-controller.ts';
import type { StatusStage } from '../status/status-stage.ts';
import { countsTheSame, slimNode } from '../status/sum-resources.ts';
import type { Agent } from './agent.ts';
import { runOptions } from './run-options.ts';

/**
 * Reports the state of the cluster. Runs apart from the other controllers, and waits for none of the caches of the managed cluster: a
 * cluster whose API server fails must keep its heartbeat, and say that it fails.
 */
export async function reportStatus(agent: Agent, hub: JoinedHub, signal: AbortSignal): Promise<void> {
  const { context, names } = agent;
  const { clock, settings } = context;
  const caches = spokeCaches(agent);
  const listed = trigger();
  const watches = [
    hub.ownCluster.events((event) => (isClusterNews(event) ? event.object.metadata.name : undefined)),
    unawaited(caches.nodes.events((event) => (isNews(event) ? names.cluster : undefined))),
    ...[caches.claims, caches.properties, caches.marked].flatMap((cache) =>
      cache === undefined ? [] : [unawaited(cache.events(() => names.cluster))],
    ),
    listed,
    every(settings.healthCheckPeriodMs, names.cluster, { clock }),
  ];
  const controller = statusController({ ...context, hub, stages: statusStages(agent, caches), watches });
  await runTogether(signal, [
    (signal) => run([controller], runOptions(context, signal)),
    ...Object.values(caches).flatMap((cache) =>
      cache === undefined
        ? []
        : [
            (signal: AbortSignal) => cache.run(signal),
            async (signal: AbortSignal) => {
              await cache.waitForSync(signal);
              listed.enqueue(names.cluster); // where there is nothing, there are no events
            },
          ],
    ),
  ]);
}

/** What the stages know of the managed cluster. */
interface SpokeCaches {
  readonly nodes: Informer<Node> & AnyInformer;
  readonly claims: (Informer<ClusterClaim> & AnyInformer) | undefined;
  readonly properties: (Informer<ClusterProperty> & AnyInformer) | undefined;
  /** The namespaces that carry the label of this hub. */
  readonly marked: Informer<KubeObject> & AnyInformer;
}

function spokeCaches({ context, spoke, hubHash }: Agent): SpokeCaches {
  const options = cacheOptions(context);
  const { gates } = context.settings;
  return {
    nodes: informer(spoke.kind(Node), { ...options, transform: slimNode }),
    claims: gates.ClusterClaim ? informer(spoke.kind(ClusterClaim), options) : undefined,
    properties: gates.ClusterProperty ? informer(spoke.kind(ClusterProperty), options) : undefined,
    marked: informer(spoke.kind(Namespace).metadata(), {
      ...options,
      labelSelector: `${managedNamespaceLabel(hubHash)}=true`,
    }),
  };
}

/** In order; each may stop those after it (registration 11.4). */
function statusStages({ context, spoke, hubHash }: Agent, caches: SpokeCaches): readonly StatusStage[] {
  const { maxCustomClaims: maxCustom, reservedClaimSuffixes: reservedSuffixes } = context.settings;
  return [
    joinedStage(context.clock),
    availableStage({ ...context, spoke }),
    resourcesStage({ ...context, spoke, nodes: caches.nodes }),
    claimsStage({ ...context, ...caches, limits: { maxCustom, reservedSuffixes } }),
    managedNamespacesStage({
      ...context,
      namespaces: spoke.kind(Namespace),
      marked: caches.marked,
      label: managedNamespaceLabel(hubHash),
    }),
  ];
}

const isNews = (event: ObjectEvent<Node>): boolean =>
  event.type !== 'updated' || !countsTheSame(event.previous, event.object);

/** Without the cache behind it, for which the controller would wait. */
function unawaited(source: WatchSource): WatchSource {
  return { start: (enqueue) => source.start(enqueue) };
}
