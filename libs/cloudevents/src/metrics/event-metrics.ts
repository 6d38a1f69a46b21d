import type { ProcessMetrics } from '@ocm/service';
import { formatDataType, parseEventType } from '../event-type.ts';

/** What a client reports about its events (cloudevents-grpc 10). Every member is called synchronously and must not throw. */
export interface EventMetrics {
  received(event: CountedEvent): void;
  sent(event: CountedEvent): void;
  /** A resync request of the other side has been answered. `type` is the data type. */
  resynced(
    subresource: 'spec' | 'status',
    labels: { readonly source: string; readonly consumer: string; readonly type: string },
    seconds: number,
  ): void;
  reconnected(clientId: string): void;
  /** A call of the work client; `code` is `Success` or the reason of the API error. */
  processed(action: WorkAction, code: string): void;
}

export interface CountedEvent {
  readonly source: string;
  /** Cluster; only sources tell. */
  readonly consumer?: string;
  /** Only agents tell, of what they send. */
  readonly originalSource?: string;
  /** As in the event. */
  readonly type: string;
}

export type WorkAction = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';

const RESYNC_BUCKETS = [0.1, 0.2, 0.5, 1, 2, 10, 30];

/** Registers the series of event clients (cloudevents-grpc 10), with the labels of the side that the process is on. */
export function eventMetrics(process: ProcessMetrics, side: 'agent' | 'source'): EventMetrics {
  const isSource = side === 'source';
  const type = ['type', 'subresource', 'action'];
  const received = process.addCounter({
    name: 'cloudevents_received_total',
    help: 'Total number of CloudEvents received by the client.',
    labels: ['source', ...(isSource ? ['consumer'] : []), ...type],
  });
  const sent = process.addCounter({
    name: 'cloudevents_sent_total',
    help: 'Total number of CloudEvents sent by the client.',
    labels: ['source', isSource ? 'consumer' : 'original_source', ...type],
  });
  const resyncs = { spec: resyncHistogram(process, 'spec'), status: resyncHistogram(process, 'status') };
  const reconnected = process.addCounter({
    name: 'cloudevents_client_reconnected_total',
    help: 'Total number of times the client connected again.',
    labels: ['client_id'],
  });
  const processed = process.addCounter({
    name: 'manifestworks_processed_total',
    help: 'Total number of operations on ManifestWorks over events.',
    labels: ['action', 'code'],
  });
  return {
    received: (event) =>
      received({ ...typeLabels(event), ...(isSource ? { consumer: event.consumer ?? '' } : {}), source: event.source }),
    sent: ({ source, consumer = '', originalSource = '', type: eventType }) =>
      sent({
        ...typeLabels({ type: eventType }),
        ...(isSource ? { consumer } : { original_source: originalSource === '' ? 'none' : originalSource }),
        source,
      }),
    resynced: (subresource, labels, seconds) => resyncs[subresource]({ ...labels }, seconds),
    reconnected: (clientId) => reconnected({ client_id: clientId }),
    processed: (action, code) => processed({ action, code }),
  };
}

function resyncHistogram(
  process: ProcessMetrics,
  subresource: 'spec' | 'status',
): ReturnType<ProcessMetrics['addHistogram']> {
  return process.addHistogram({
    name: `resources_${subresource}_resync_duration_seconds`,
    help: `Time to answer a ${subresource} resync request.`,
    labels: ['source', 'consumer', 'type'],
    buckets: RESYNC_BUCKETS,
  });
}

/** What cannot be parsed is counted, too; its text is the sender's and must not become a series. */
function typeLabels({ type }: { readonly type: string }): Readonly<Record<'type' | 'subresource' | 'action', string>> {
  try {
    const { dataType, subresource, action } = parseEventType(type);
    return { type: formatDataType(dataType), subresource, action };
  } catch {
    return { type: 'unknown', subresource: 'unknown', action: 'unknown' };
  }
}
