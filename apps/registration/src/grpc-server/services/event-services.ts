import type { EventService } from '../event-service.ts';
import { addOnServices } from './add-on-services.ts';
import { BundleService } from './bundle/bundle-service.ts';
import { certificateRequestService } from './certificate-request-service.ts';
import { eventRecordService } from './event-record-service.ts';
import { leaseService } from './lease-service.ts';
import { managedClusterService } from './managed-cluster-service.ts';
import type { ServiceContext } from './service-context.ts';
import { TokenRequestService } from './token-request-service.ts';

export interface EventServicesOptions extends ServiceContext {
  /** The gate of that name: whether sources outside Kubernetes may deliver works (cloudevents-grpc 12.5). */
  readonly sourceSubscriptions: boolean;
}

/** What the server does with each data type (cloudevents-grpc 13). */
export function createEventServices({
  sourceSubscriptions,
  ...context
}: EventServicesOptions): readonly EventService[] {
  return [
    new BundleService(context, { sourceSubscriptions }),
    managedClusterService(context),
    certificateRequestService(context),
    ...addOnServices(context),
    leaseService(context),
    eventRecordService(context),
    new TokenRequestService(context),
  ];
}
