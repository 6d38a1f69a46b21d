import type { ProcessMetrics } from '@ocm/service';
import { type Action, formatDataType, parseEventType } from '../event-type.ts';

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

const ACTIONS: readonly string[] = [
  'create_request',
  'update_request',
  'delete_request',
  'resync_request',
  'resync_response',
  'watch_request',
] satisfies readonly Action[];
/** So many names are counted of the senders of one cluster: with a broker, each may call itself what it likes. */
const MOST_SOURCES = 100;
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
  const senderOf = boundedSenders();
  return {
    received(event) {
      const { consumer = '' } = event;
      received({ ...typeLabels(event), ...(isSource ? { consumer } : {}), source: senderOf(consumer, event.source) });
    },
    sent: ({ source, consumer = '', originalSource = '', type: eventType }) =>
      sent({
        ...typeLabels({ type: eventType }),
        ...(isSource ? { consumer } : { original_source: originalSource === '' ? 'none' : originalSource }),
        source,
      }),
    resynced(subresource, labels, seconds) {
      const { consumer, source } = labels;
      // Sources name themselves, agents whoever has asked.
      resyncs[subresource](
        { ...labels, source: subresource === 'status' ? senderOf(consumer, source) : source },
        seconds,
      );
    },
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

/** Names of senders for labels: the first hundred of each cluster, `other` for the rest. */
function boundedSenders(): (consumer: string, source: string) => string {
  const known = new Map<string, Set<string>>();
  return (consumer, source) => {
    const sources = known.get(consumer) ?? new Set();
    known.set(consumer, sources);
    if (!sources.has(source) && sources.size >= MOST_SOURCES) return 'other';
    sources.add(source);
    return source;
  };
}

/** What cannot be parsed is counted, too; its text is the sender's and must not become a series. */
function typeLabels({ type }: { readonly type: string }): Readonly<Record<'type' | 'subresource' | 'action', string>> {
  try {
    const { dataType, subresource, action } = parseEventType(type);
    return { type: formatDataType(dataType), subresource, action: ACTIONS.includes(action) ? action : 'unknown' };
  } catch {
    return { type: 'unknown', subresource: 'unknown', action: 'unknown' };
  }
}
