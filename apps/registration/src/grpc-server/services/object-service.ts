import type { KubeObject } from '@ocm/api';
import { clusterOf, type DataType } from '@ocm/cloudevents';
import type { EventService } from '../event-service.ts';
import { followCache } from './follow-cache.ts';
import { changeEvent, resyncAnswers } from './object-events.ts';
import { type ClusterCache, hubEnvelope, latestIn, type ServiceContext } from './service-context.ts';

export interface ObjectServiceOptions<T extends KubeObject> extends Pick<EventService, 'publish'> {
  readonly dataType: DataType;
  readonly cache: ClusterCache<T>;
  /** The object as the data type has it; absent: as it is in the cache. */
  readonly show?: (object: T) => KubeObject;
  /** Whether agents are told that an object is gone; its deletion they see anyway when something holds it. Default yes. */
  readonly tellsEnd?: boolean;
}

/** A data type whose events carry the objects of a kind: every change is pushed, and whatever there is answers a resync. */
export function objectService<T extends KubeObject>(
  { dataType, cache, show = (object) => object, tellsEnd = true, publish }: ObjectServiceOptions<T>,
  context: Pick<ServiceContext, 'clock'>,
): EventService {
  const envelope = (): ReturnType<typeof hubEnvelope> => hubEnvelope(context);
  return {
    dataType,
    run: ({ push, synced, isAwaited = () => true, signal }) =>
      followCache(cache, {
        onChange({ type, object }) {
          if ((type === 'deleted' && !tellsEnd) || !isAwaited(clusterOf(object, dataType))) return;
          push(changeEvent({ type, object: show(object) }, dataType, envelope()));
        },
        synced,
        clock: context.clock,
        signal,
      }),
    answer: (clusterName, held) =>
      resyncAnswers(
        cache.by('cluster', clusterName),
        { dataType, clusterName, held },
        { envelope, latest: latestIn(cache), show },
      ),
    publish,
  };
}
