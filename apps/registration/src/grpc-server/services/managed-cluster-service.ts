import { ManagedCluster } from '@ocm/api';
import { dataTypes } from '@ocm/cloudevents';
import { informer } from '@ocm/kube';
import type { EventService } from '../event-service.ts';
import { objectService } from './object-service.ts';
import { publishedObject, unsupportedAction } from './published-object.ts';
import { cacheOptions, type ServiceContext } from './service-context.ts';

/** ManagedClusters: agents create their own, report its status, and change it. */
export function managedClusterService(context: ServiceContext): EventService {
  const clusters = context.client.kind(ManagedCluster);
  return objectService(
    {
      dataType: dataTypes.managedCluster,
      cache: informer(clusters, {
        ...cacheOptions(context),
        indexes: { cluster: ({ metadata }) => [metadata.name] },
      }),
      // While finalizers hold a cluster, its deletion is an update.
      tellsEnd: false,
      async publish(publication, signal) {
        const { subresource, action } = publication.type;
        switch (`${subresource}.${action}`) {
          case 'spec.create_request':
            await clusters.create(publishedObject(ManagedCluster, publication), { signal });
            break;
          case 'spec.update_request':
            await clusters.replace(publishedObject(ManagedCluster, publication), { signal });
            break;
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
