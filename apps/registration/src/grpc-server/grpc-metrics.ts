import { allMetrics, type MetricsSource } from '@ocm/service';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createEventSeries, DURATION_BUCKETS, type EventMetrics, type Method } from './event-series.ts';

/** What the server measures (cloudevents-grpc 11.4). */
export interface GrpcMetrics extends EventMetrics {
  connected(addresses: { readonly remote: string; readonly local: string }): void;
  disconnected(addresses: { readonly remote: string; readonly local: string }): void;
  /** A call with its one request. */
  started(method: Method, requestBytes: number): void;
  handled(method: Method, code: string, seconds: number): void;
  sent(method: Method, bytes: number): void;
}

const SERVICE = 'io.cloudevents.v1.CloudEventService';
const CALL = ['grpc_method', 'grpc_service', 'grpc_type'] as const;

/** The series of the gRPC server, and where they are read. */
export function createGrpcMetrics(): GrpcMetrics & { readonly source: MetricsSource } {
  const registry = new Registry();
  const { source, ...eventMetrics } = createEventSeries();
  return { source: allMetrics(registry, source), ...callMetrics(registry), ...eventMetrics };
}

type CallMetrics = Omit<GrpcMetrics, keyof EventMetrics>;

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
    buckets: [...DURATION_BUCKETS],
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

function callLabels(method: Method): Record<(typeof CALL)[number], string> {
  const type = method === 'Publish' ? 'unary' : 'server_stream';
  return { grpc_method: method, grpc_service: SERVICE, grpc_type: type };
}

function counterIn(registry: Registry) {
  return <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers: [registry] });
}
