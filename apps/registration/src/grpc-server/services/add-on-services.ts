import {
  apiVersionOf,
  type Kind,
  type KubeObject,
  ManagedClusterAddOn,
  ManagedClusterAddOnV1alpha1,
  managedClusterAddOnToV1alpha1,
} from '@ocm/api';
import { dataTypes } from '@ocm/cloudevents';
import { informer } from '@ocm/kube';
import type { EventService } from '../event-service.ts';
import { objectService } from './object-service.ts';
import { publishedObject, unsupportedAction } from './published-object.ts';
import { cacheOptions, type ServiceContext } from './service-context.ts';

/** ManagedClusterAddOns in both versions, out of one cache: agents report their status. */
export function addOnServices(context: ServiceContext): readonly EventService[] {
  const cache = informer(context.client.kind(ManagedClusterAddOn), {
    ...cacheOptions(context),
    indexes: { cluster: ({ metadata: { namespace = '' } }) => [namespace] },
  });
  return [
    objectService(
      { dataType: dataTypes.addOn, cache, publish: statusPublisher(ManagedClusterAddOn, context) },
      context,
    ),
    objectService(
      {
        dataType: dataTypes.addOnV1Alpha1,
        cache,
        show: asV1alpha1,
        publish: statusPublisher(ManagedClusterAddOnV1alpha1, context),
      },
      context,
    ),
  ];
}

/** The add-on as an agent that knows only the older version reads it. */
export function asV1alpha1(addOn: ManagedClusterAddOn): ManagedClusterAddOnV1alpha1 {
  return { ...managedClusterAddOnToV1alpha1(addOn), apiVersion: apiVersionOf(ManagedClusterAddOnV1alpha1) };
}

/** A status goes to the API server in the version it came in, so that what it says against it is in the sender's terms. */
function statusPublisher<T extends KubeObject>(kind: Kind<T>, { client }: ServiceContext): EventService['publish'] {
  const addOns = client.kind(kind);
  return async (publication, signal) => {
    if (publication.type.action !== 'update_request') throw unsupportedAction(publication);
    await addOns.replace(publishedObject(kind, publication), { signal, subresource: 'status' });
  };
}
