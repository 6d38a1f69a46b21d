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
  const cache = informer(leases, {
    ...cacheOptions(context),
    labelSelector: labels.clusterName,
    indexes: { cluster: ({ metadata: { namespace = '' } }) => [namespace] },
  });
  return objectService(
    {
      dataType: dataTypes.lease,
      cache,
      async publish(publication, signal) {
        const { subresource, action } = publication.type;
        if (`${subresource}.${action}` !== 'spec.update_request') throw unsupportedAction(publication);
        const sent = publishedObject(Lease, publication);
        // Of leases, the API server would make one that is not there.
        const stored = cache.get(sent.metadata) ?? (await leases.get(sent.metadata, { signal }));
        await leases.replace(renewed(stored, sent), { signal });
      },
    },
    context,
  );
}

/** What is sent to renew a lease: it says which one is meant, so that none is made should that be gone meanwhile. */
export function renewed({ metadata: { uid } }: Lease, sent: Lease): Lease {
  return { ...sent, metadata: { ...(uid === undefined ? {} : { uid }), ...sent.metadata } };
}
