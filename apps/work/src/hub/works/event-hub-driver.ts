import {
  certificateRefreshMs,
  eventMetrics,
  type EventTransport,
  grpcTransport,
  mqttTransport,
  type WorkSourceClient,
  workSourceClient,
} from '@ocm/cloudevents';
import type { Clock, Logger } from '@ocm/kube';
import type { ProcessMetrics } from '@ocm/service';
import { eventHubWorks } from './event-hub-works.ts';
import type { HubDriver } from './hub-driver.ts';

/** `source` of what the manager sends (cloudevents-grpc 4.2). */
const SOURCE_ID = 'mwrsctrl';
/** After a restart all replica sets have been looked at by then, with what they need. */
const FORGET_AFTER_MS = 60_000;

export interface EventHubDriverOptions {
  readonly kind: 'grpc' | 'mqtt';
  /** Of the configuration of the client (cloudevents-grpc 9.1, 18.1). */
  readonly configFile: string;
  /** Names this client for the broker and in metrics. */
  readonly clientId: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly resyncMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ProcessMetrics;
}

/**
 * Works over gRPC or a message broker. Subscribes while a job runs: a process that does not lead is silent.
 *
 * @throws ConfigError when the configuration cannot be used
 */
export async function eventHubDriver(options: EventHubDriverOptions): Promise<HubDriver> {
  const { clientId, resyncMs, clock, log, metrics } = options;
  const transport = await openTransport(options);
  const counting = eventMetrics(metrics, 'source');
  let serving: WorkSourceClient | undefined;
  return {
    // Another process would reach the broker no sooner.
    health: [
      {
        name: 'work-driver',
        check: () => undefined,
        note: () => (serving?.isConnected === false ? 'the broker of works is not connected' : undefined),
      },
    ],
    async serve(job) {
      const client = workSourceClient({
        transport,
        sourceId: SOURCE_ID,
        clientId,
        forgetAfterMs: FORGET_AFTER_MS,
        clock,
        log,
        metrics: counting,
      });
      const over = new AbortController();
      serving = client;
      try {
        const works = eventHubWorks(client.works, { clock, log, metrics: metrics.kube, resyncMs });
        // What the job has in hand when it is told to stop is still published.
        await Promise.all([client.run(over.signal), job(works).finally(() => over.abort())]);
      } finally {
        serving = undefined;
      }
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

function openTransport({
  kind,
  configFile,
  clientId,
  env,
  clock,
  log,
}: EventHubDriverOptions): Promise<EventTransport> {
  const refreshMs = certificateRefreshMs(env);
  if (kind === 'grpc') return grpcTransport(configFile, { refreshMs, clock, log });
  return mqttTransport(configFile, { clientId, role: { kind: 'source', sourceId: SOURCE_ID }, refreshMs, clock, log });
}
