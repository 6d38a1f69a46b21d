import type { MetricsSource } from '@ocm/service';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Method = 'Publish' | 'Subscribe';

/** Whose call it is, once that is certain: labels must not be what a stranger wrote. */
export interface CallLabels {
  readonly consumer: string;
  readonly dataType: string;
}

/** Of calls that were refused before anybody knew whose they are (cloudevents-grpc 11.4). */
export const UNKNOWN_CALL: CallLabels = { consumer: 'unknown', dataType: 'unknown' };

/** What the server measures (cloudevents-grpc 11.4). */
export interface GrpcMetrics {
  connected(addresses: { readonly remote: string; readonly local: string }): void;
  disconnected(addresses: { readonly remote: string; readonly local: string }): void;
  /** A call with its one request. */
  started(method: Method, requestBytes: number): void;
  handled(method: Method, code: string, seconds: number): void;
  sent(method: Method, bytes: number): void;
  subscribed(call: CallLabels): void;
  unsubscribed(call: CallLabels): void;
  /** A call about events, and the message it brought. */
  called(method: Method, call: CallLabels): void;
  processed(method: Method, call: CallLabels, outcome: { readonly code: string; readonly seconds: number }): void;
  /** Counts an event that was sent on a stream; made once per stream. */
  sentEvents(call: CallLabels): () => void;
}

const SERVICE = 'io.cloudevents.v1.CloudEventService';
/** 1 microsecond to 1,000 seconds. */
const BUCKETS = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];
const CALL = ['grpc_method', 'grpc_service', 'grpc_type'] as const;
const EVENT = ['consumer', 'data_type'] as const;

/** The series of the gRPC server, and where they are read. */
export function createGrpcMetrics(): GrpcMetrics & { readonly source: MetricsSource } {
  const registry = new Registry();
  return { source: registry, ...callMetrics(registry), ...eventMetrics(registry) };
}

type CallMetrics = Pick<GrpcMetrics, 'connected' | 'disconnected' | 'started' | 'handled' | 'sent'>;

function callMetrics(registry: Registry): CallMetrics {
  const counter = counterIn(registry);
  const connections = new Gauge({
    name: 'grpc_server_active_connections',
    help: 'Connections that are open.',
    labelNames: ['remote_addr', 'local_addr'],
    registers: [registry],
  });
  const receivedBytes = counter('grpc_server_msg_received_bytes_total', 'Bytes of received messages.', CALL);
  const sentBytes = counter('grpc_server_msg_sent_bytes_total', 'Bytes of sent messages.', CALL);
  const started = counter('grpc_server_started_total', 'Calls started.', CALL);
  const received = counter('grpc_server_msg_received_total', 'Messages received.', CALL);
  const sent = counter('grpc_server_msg_sent_total', 'Messages sent.', CALL);
  const handled = counter('grpc_server_handled_total', 'Calls completed, by outcome.', [...CALL, 'grpc_code']);
  const seconds = new Histogram({
    name: 'grpc_server_handling_seconds',
    help: 'How long calls take.',
    labelNames: CALL,
    buckets: BUCKETS,
    registers: [registry],
  });
  const labelled = { Publish: callLabels('Publish'), Subscribe: callLabels('Subscribe') };
  // Bound once: these are counted for every message.
  const bound = {
    Publish: { sent: sent.labels(labelled.Publish), bytes: sentBytes.labels(labelled.Publish) },
    Subscribe: { sent: sent.labels(labelled.Subscribe), bytes: sentBytes.labels(labelled.Subscribe) },
  };
  return {
    connected: ({ remote, local }) => connections.set({ remote_addr: remote, local_addr: local }, 1),
    // The address never comes again: a series that stayed at 0 would stay for ever.
    disconnected: ({ remote, local }) => connections.remove({ remote_addr: remote, local_addr: local }),
    started(method, bytes) {
      started.inc(labelled[method]);
      received.inc(labelled[method]);
      receivedBytes.inc(labelled[method], bytes);
    },
    handled(method, code, elapsed) {
      handled.inc({ ...labelled[method], grpc_code: code });
      seconds.observe(labelled[method], elapsed);
    },
    sent(method, bytes) {
      bound[method].sent.inc();
      bound[method].bytes.inc(bytes);
    },
  };
}

type EventMetrics = Omit<GrpcMetrics, keyof CallMetrics>;

function eventMetrics(registry: Registry): EventMetrics {
  const counter = counterIn(registry);
  const subscribers = new Map<string, { readonly labels: EventLabels; count: number }>();
  const gauge = new Gauge({
    name: 'grpc_server_ce_subscribers',
    help: 'Open subscriptions.',
    labelNames: EVENT,
    registers: [registry],
  });
  const methodLabels = [...EVENT, 'method'] as const;
  const outcomeLabels = [...methodLabels, 'grpc_code'] as const;
  const called = counter('grpc_server_ce_called_total', 'Calls about events.', methodLabels);
  const received = counter('grpc_server_ce_msg_received_total', 'Requests about events.', methodLabels);
  const sent = counter('grpc_server_ce_msg_sent_total', 'Events sent.', methodLabels);
  const processed = counter('grpc_server_ce_processed_total', 'Calls about events, by outcome.', outcomeLabels);
  const seconds = new Histogram({
    name: 'grpc_server_ce_processing_duration_seconds',
    help: 'How long publications take.',
    labelNames: outcomeLabels,
    buckets: BUCKETS,
    registers: [registry],
  });
  const count = (call: CallLabels, by: 1 | -1): void => {
    const labels = eventLabels(call);
    const key = JSON.stringify(labels);
    const entry = subscribers.get(key) ?? { labels, count: 0 };
    entry.count += by;
    subscribers.set(key, entry);
    gauge.set(labels, entry.count);
    if (entry.count > 0) return;
    subscribers.delete(key);
    gauge.remove(labels);
  };
  return {
    subscribed: (call) => count(call, 1),
    unsubscribed: (call) => count(call, -1),
    called(method, call) {
      const labels = { ...eventLabels(call), method };
      called.inc(labels);
      received.inc(labels);
    },
    processed(method, call, outcome) {
      const labels = { ...eventLabels(call), method, grpc_code: outcome.code };
      processed.inc(labels);
      if (method === 'Publish') seconds.observe(labels, outcome.seconds);
    },
    sentEvents(call) {
      const bound = sent.labels({ ...eventLabels(call), method: 'Subscribe' });
      return () => bound.inc();
    },
  };
}

type EventLabels = Record<(typeof EVENT)[number], string>;

function eventLabels({ consumer, dataType }: CallLabels): EventLabels {
  return { consumer, data_type: dataType };
}

function callLabels(method: Method): Record<(typeof CALL)[number], string> {
  const type = method === 'Publish' ? 'unary' : 'server_stream';
  return { grpc_method: method, grpc_service: SERVICE, grpc_type: type };
}

function counterIn(registry: Registry) {
  return <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers: [registry] });
}
