import { type DataType, formatDataType } from '@ocm/cloudevents';
import type { Clock, Logger } from '@ocm/kube';
import type { Authenticator } from '../access/authenticate.ts';
import type { Authoriser } from '../access/authorise.ts';
import type { FairQueue } from '../access/fair-queue.ts';
import type { Broker } from '../broker/broker.ts';
import type { EventService } from '../event-service.ts';
import type { GrpcMetrics } from '../grpc-metrics.ts';
import type { PublishRate } from './publish-rate.ts';

/** The collaborators of the two calls. */
export interface CallContext {
  readonly authenticate: Authenticator;
  readonly authorise: Authoriser;
  readonly services: Services;
  readonly broker: Broker;
  readonly rate: PublishRate;
  /** Publications that are carried out, by user. */
  readonly publications: FairQueue;
  /** Resyncs that are answered, by user. */
  readonly resyncs: FairQueue;
  /** A request of this client is complete, and counts no more as one that is not. Returns what to call when the call is over. */
  readonly settle: (peer: string, messageBytes: number) => () => void;
  readonly metrics: GrpcMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: () => string;
  /** Ends what calls have asked for; fires after the calls have had their time to end. */
  readonly signal: AbortSignal;
}

/** The services by data type. */
export class Services {
  readonly all: readonly EventService[];
  readonly #byType: ReadonlyMap<string, EventService>;

  constructor(services: readonly EventService[]) {
    this.all = services;
    this.#byType = new Map(services.map((service) => [formatDataType(service.dataType), service]));
  }

  find(dataType: DataType): EventService | undefined {
    return this.#byType.get(formatDataType(dataType));
  }
}
