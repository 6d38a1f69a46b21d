import { randomUUID } from 'node:crypto';
import type { Envelope } from '@ocm/cloudevents';
import type { AnyInformer, Clock, Informer, InformerOptions, KubeClient, KubeMetrics, Logger } from '@ocm/kube';
import type { KubeObject } from '@ocm/api';

/** The collaborators of the services behind the broker. */
export interface ServiceContext {
  readonly client: Pick<KubeClient, 'kind' | 'request'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: KubeMetrics;
}

/** Objects of one kind on the hub, by the cluster that they belong to. */
export type ClusterCache<T extends KubeObject, Index extends string = never> = Informer<T, 'cluster' | Index> &
  AnyInformer;

/** `source` of whatever the hub itself says (cloudevents-grpc 4.2). */
const HUB_SOURCE = 'kube';

/** What makes a new event of the hub's. */
export function hubEnvelope({ clock }: Pick<ServiceContext, 'clock'>): Envelope {
  return { id: randomUUID(), source: HUB_SOURCE, time: clock.now() };
}

/** What every cache has in common. */
export function cacheOptions({
  clock,
  log,
  metrics,
}: ServiceContext): Pick<InformerOptions<never>, 'clock' | 'log' | 'metrics'> {
  return { clock, log, ...(metrics === undefined ? {} : { metrics }) };
}

/** Finds the same object as it is now in a cache; `undefined` when it is gone. */
export function latestIn<T extends KubeObject>(cache: Pick<Informer<T>, 'get'>): (object: T) => T | undefined {
  return ({ metadata }) => {
    const found = cache.get(metadata);
    return found?.metadata.uid === metadata.uid ? found : undefined;
  };
}
