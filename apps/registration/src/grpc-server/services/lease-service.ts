import { labels, Lease } from '@ocm/api';
import { dataTypes } from '@ocm/cloudevents';
import { informer } from '@ocm/kube';
import type { EventService } from '../event-service.ts';
import { objectService } from './object-service.ts';
import { publishedObject, unsupportedAction } from './published-object.ts';
import { cacheOptions, type ServiceContext } from './service-context.ts';

/** Leases of clusters and their add-ons: the hub makes them, agents renew them. */
export function leaseService(context: ServiceContext): EventService {
  const leases = context.client.kind(Lease);
  return objectService(
    {
      dataType: dataTypes.lease,
      cache: informer(leases, {
        ...cacheOptions(context),
        labelSelector: labels.clusterName,
        indexes: { cluster: ({ metadata: { namespace = '' } }) => [namespace] },
      }),
      async publish(publication, signal) {
        const { subresource, action } = publication.type;
        if (`${subresource}.${action}` !== 'spec.update_request') throw unsupportedAction(publication);
        await leases.replace(publishedObject(Lease, publication), { signal });
      },
    },
    context,
  );
}
