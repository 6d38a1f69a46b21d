import { ManagedCluster } from '@ocm/api';
import { dataTypes } from '@ocm/cloudevents';
import { informer } from '@ocm/kube';
import type { Caller, EventService } from '../event-service.ts';
import { requireAccess } from './require-access.ts';
import { objectService } from './object-service.ts';
import { publishedObject, unsupportedAction } from './published-object.ts';
import { cacheOptions, type ServiceContext } from './service-context.ts';
import { setChangeQuestions } from './set-change.ts';

/** ManagedClusters: agents create their own, report its status, and change it. */
export function managedClusterService(context: ServiceContext): EventService {
  const clusters = context.client.kind(ManagedCluster);
  const cache = informer(clusters, {
    ...cacheOptions(context),
    indexes: { cluster: ({ metadata }) => [metadata.name] },
  });

  async function checkSets(
    { previous, next }: { readonly previous: ManagedCluster | undefined; readonly next: ManagedCluster },
    caller: Caller,
    signal: AbortSignal,
  ): Promise<void> {
    for (const resource of setChangeQuestions(previous, next)) {
      await requireAccess(context.client, { caller, resource }, signal);
    }
  }

  return objectService(
    {
      dataType: dataTypes.managedCluster,
      cache,
      // While finalizers hold a cluster, its deletion is an update.
      tellsEnd: false,
      async publish(publication, signal) {
        const { subresource, action } = publication.type;
        switch (`${subresource}.${action}`) {
          case 'spec.create_request': {
            const cluster = publishedObject(ManagedCluster, publication);
            await checkSets({ previous: undefined, next: cluster }, publication.caller, signal);
            await clusters.create(cluster, { signal });
            break;
          }
          case 'spec.update_request': {
            const cluster = publishedObject(ManagedCluster, publication);
            // A cache that is behind would let it go back to a set that it has just been taken out of.
            const previous = await clusters.find(cluster.metadata.name, { signal });
            await checkSets({ previous, next: cluster }, publication.caller, signal);
            await clusters.replace(cluster, { signal });
            break;
          }
          case 'status.update_request':
            await clusters.replace(publishedObject(ManagedCluster, publication), { signal, subresource: 'status' });
            break;
          default:
            throw unsupportedAction(publication);
        }
      },
    },
    context,
  );
}
