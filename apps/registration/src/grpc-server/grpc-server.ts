import { randomUUID } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { cloudEventService } from '@ocm/cloudevents';
import type { Clock, KubeClient, Logger } from '@ocm/kube';
import { createAuthenticator } from './access/authenticate.ts';
import { createAuthoriser } from './access/authorise.ts';
import { FairQueue } from './access/fair-queue.ts';
import { Broker } from './broker/broker.ts';
import { refusal } from './call-status.ts';
import { type CallContext, Services } from './calls/call-context.ts';
import { publishHandler } from './calls/publish-handler.ts';
import { PublishRate } from './calls/publish-rate.ts';
import { SubscribeHandler } from './calls/subscribe-handler.ts';
import type { ServerConfig } from './config/server-config.ts';
import { Connections } from './connections.ts';
import type { EventService } from './event-service.ts';
import type { GrpcMetrics } from './grpc-metrics.ts';
import { guardIncomingCalls } from './incoming-calls.ts';
import { followServingPair, loadClientAuthorities, loadServingPair } from './tls/serving-pair.ts';
import { listenTls, type TlsListenerOptions } from './tls/tls-listener.ts';

/** How often the files of the serving certificate are looked at; less than any `cert_watch_interval`. */
const LOOK_AT_CERTIFICATE_MS = 5000;
const RECHECK_MS = 5 * 60_000;
/** How long calls have to end in good order; the whole process has 10 s. */
const DRAIN_MS = 4000;
/** How long the last words to clients may take to be on their way. */
const FLUSH_MS = 1000;
const MOST_UNFINISHED_BYTES = 256 * 1024 * 1024;
/** Questions to the API server at once: new subscriptions wait for their turn, so that a storm of them is taken in at its pace. */
const QUESTIONS = { atOnce: 64, mostWaitingPerKey: 20_000 };
/** Questions about tokens have a queue of their own: they can be asked by strangers, from as many connections as they like. */
const TOKEN_QUESTIONS = { atOnce: 16, mostWaitingPerKey: 256 };
const PUBLICATIONS = { atOnce: 256, mostWaitingPerKey: 2000 };
/** Those who wait for a slow stream hold a list of what their cluster has. */
const RESYNCS = { atOnce: 64, mostWaitingPerKey: 2000, mostAside: 1000 };

export interface GrpcServerOptions {
  /** Asks the hub who callers are and what they may. */
  readonly client: Pick<KubeClient, 'kind'>;
  readonly services: readonly EventService[];
  readonly config: ServerConfig;
  /** Address to listen on; default all. */
  readonly host?: string;
  /** Absent: no heartbeats. */
  readonly heartbeatMs: number | undefined;
  readonly metrics: GrpcMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often the rights behind each open stream are looked at again; default 5 min. */
  readonly recheckMs?: number | undefined;
  /** How often the files of the serving certificate are looked at; default 5 s. */
  readonly certificateLookMs?: number | undefined;
  /** What requests that are not complete may hold together, in bytes; default 256 MiB. */
  readonly mostUnfinishedBytes?: number | undefined;
  /** Called with the port when clients are let in: when all services can answer. */
  readonly onListening?: (port: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Serves clusters by gRPC until the signal fires; then ends calls and streams in good order, within a few seconds (cloudevents-grpc 12).
 *
 * @throws ConfigError when address or certificates cannot be used
 * @throws whatever a service ends with
 */
export async function runGrpcServer(options: GrpcServerOptions): Promise<void> {
  const { config, signal } = options;
  const pair = await loadServingPair(config);
  const clientAuthorities =
    config.clientCaFile === undefined ? undefined : await loadClientAuthorities(config.clientCaFile);
  // What calls have asked for goes on until they have ended.
  const working = new AbortController();
  const { metrics, clock, log } = options;
  const { mostUnfinishedBytes = MOST_UNFINISHED_BYTES } = options;
  const connections = new Connections({ metrics, clock, log, mostUnfinishedBytes, signal: working.signal });
  guardIncomingCalls(connections, working.signal);
  const context = callContext(options, connections, working.signal);
  const subscriptions = new SubscribeHandler({
    context,
    recheckMs: options.recheckMs ?? RECHECK_MS,
    cut: (peer) => connections.cut(peer),
  });
  const server = grpcServer(context, subscriptions, config);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const failed = new AbortController();
  const services = runServices(context, working.signal);
  const ended = services.ended.catch((error: unknown) => {
    if (!working.signal.aborted) failed.abort(error);
  });
  const stopping = AbortSignal.any([signal, failed.signal]);
  try {
    if (await isReached(services.synced, stopping)) {
      const listening = {
        pair,
        clientAuthorities,
        onConnection(socket: TLSSocket) {
          connections.add(socket);
          injector.injectConnection(socket);
        },
      };
      await listenUntil(stopping, options, listening);
    }
    await drain(server, { subscriptions, connections, clock });
  } finally {
    working.abort();
    server.forceShutdown();
    connections.cutAll();
    await ended;
  }
  failed.signal.throwIfAborted();
}

async function listenUntil(
  stopping: AbortSignal,
  { config, host, certificateLookMs, onListening, clock, log }: GrpcServerOptions,
  listening: Pick<TlsListenerOptions, 'pair' | 'clientAuthorities' | 'onConnection'>,
): Promise<void> {
  const { port, tls: versions, handshakeTimeoutMs } = config;
  using listener = await listenTls({ ...listening, address: { host, port }, versions, handshakeTimeoutMs, log });
  log.info({ port: listener.port }, 'serving clusters by gRPC');
  onListening?.(listener.port);
  const intervalMs = certificateLookMs ?? LOOK_AT_CERTIFICATE_MS;
  await followServingPair(config, { replace: (pair) => listener.replace(pair), intervalMs, clock, log }, stopping);
}

function callContext(
  { client, services, heartbeatMs, metrics, clock, log }: GrpcServerOptions,
  connections: Connections,
  signal: AbortSignal,
): CallContext {
  const newId = randomUUID;
  return {
    authenticate: createAuthenticator({ client, clock, questions: new FairQueue(TOKEN_QUESTIONS), signal }),
    authorise: createAuthoriser({ client, clock, questions: new FairQueue(QUESTIONS), signal }),
    services: new Services(services),
    broker: new Broker({ heartbeatMs, clock, log, newId, signal }),
    rate: new PublishRate(clock),
    publications: new FairQueue(PUBLICATIONS),
    resyncs: new FairQueue(RESYNCS),
    settle: (peer, bytes) => connections.settle(peer, bytes),
    metrics,
    clock,
    log,
    newId,
    signal,
  };
}

function grpcServer(context: CallContext, subscriptions: SubscribeHandler, config: ServerConfig): Server {
  const { maxConnectionAgeMs } = config;
  const server = new Server({
    'grpc.enable_channelz': 0,
    'grpc.max_concurrent_streams': config.maxConcurrentStreams,
    'grpc.max_receive_message_length': config.maxReceiveBytes,
    'grpc.max_send_message_length': config.maxSendBytes,
    'grpc.keepalive_time_ms': config.pingIntervalMs,
    'grpc.keepalive_timeout_ms': config.pingTimeoutMs,
    ...(maxConnectionAgeMs === undefined ? {} : { 'grpc.max_connection_age_ms': maxConnectionAgeMs }),
  });
  server.addService(cloudEventService, { publish: publishHandler(context), subscribe: subscriptions.handle });
  return server;
}

interface RunningServices {
  /** Resolves when all can answer. */
  readonly synced: Promise<unknown>;
  /** Rejects with the first failure. */
  readonly ended: Promise<unknown>;
}

function runServices({ services, broker }: CallContext, signal: AbortSignal): RunningServices {
  const runs = services.all.map((service) => {
    const synced = Promise.withResolvers<void>();
    const { dataType, sources } = service;
    const run = service.run({
      push: (event) => broker.push(event),
      synced: synced.resolve,
      isAwaited: (clusterName) => broker.isAwaited({ kind: 'cluster', clusterName }, dataType),
      signal,
    });
    const forSources = sources?.run({ push: (source, event) => broker.pushToSource(source, event), signal });
    return { synced: synced.promise, ended: Promise.all([run, forSources]) };
  });
  return {
    synced: Promise.all(runs.map(({ synced }) => synced)),
    ended: Promise.all(runs.map(({ ended }) => ended)),
  };
}

/** Whether it came to that before the signal. */
async function isReached(reached: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const aborted = Promise.withResolvers<void>();
  const abort = (): void => aborted.resolve();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  await Promise.race([reached, aborted.promise]);
  signal.removeEventListener('abort', abort);
  return !signal.aborted;
}

/** GOAWAY, the end of all streams, and a moment for publications that are under way (cloudevents-grpc 12.4). */
async function drain(
  server: Server,
  {
    subscriptions,
    connections,
    clock,
  }: { readonly subscriptions: SubscribeHandler; readonly connections: Connections; readonly clock: Clock },
): Promise<void> {
  const drained = new AbortController();
  server.tryShutdown(() => drained.abort());
  subscriptions.close(refusal(status.UNAVAILABLE, 'the server is shutting down'));
  await clock.sleep(DRAIN_MS, drained.signal);
  await connections.ended(FLUSH_MS);
}
