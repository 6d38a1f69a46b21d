import { ManifestWork } from '@ocm/api';
import { type EventClient, eventClient, eventMetrics, type EventTransport } from '@ocm/cloudevents';
import type { Clock, Logger } from '@ocm/kube';
import type { ProcessMetrics } from '@ocm/service';
import { eventWorkSource } from './event-work-source.ts';
import type { WorkDriver } from './work-driver.ts';

export interface EventWorkDriverOptions {
  readonly clusterName: string;
  /** Names this client for the broker and in metrics. */
  readonly clientId: string;
  /** `source` of what the agent sends (cloudevents-grpc 4.2); by default that of an agent in a process of its own. */
  readonly sourceId?: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: ProcessMetrics;
}

/** Works as events over a transport, which is disposed of with the driver. Subscribes while a job runs: a process that does not lead is silent. */
export function eventWorkDriver(transport: EventTransport, options: EventWorkDriverOptions): WorkDriver {
  const { clusterName, clientId, sourceId = `${clusterName}-work-agent`, clock, log, metrics } = options;
  const counting = metrics === undefined ? {} : { metrics: eventMetrics(metrics, 'agent') };
  let serving: EventClient | undefined;
  const isAway = (): boolean => serving !== undefined && !serving.isConnected(ManifestWork);
  return {
    address: transport.address,
    // Another process would reach the hub no sooner, and this one keeps enforcing the works that it knows.
    health: [
      { name: 'work-source', check: () => undefined, note: () => (isAway() ? 'the hub is not connected' : undefined) },
    ],
    async serve(job) {
      const client = eventClient({
        transport,
        clusterName,
        clientId,
        sourceId,
        kinds: [ManifestWork],
        clock,
        log,
        ...counting,
      });
      const watching = metrics === undefined ? {} : { metrics: metrics.kube };
      const source = eventWorkSource({ client, clusterName, clock, log, ...watching });
      const over = new AbortController();
      serving = client;
      try {
        // What the job has in hand when it is told to stop is still published.
        await Promise.all([client.run(over.signal), job(source).finally(() => over.abort())]);
      } finally {
        serving = undefined;
      }
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}
