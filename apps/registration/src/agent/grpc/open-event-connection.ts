import type { Kind } from '@ocm/api';
import { type EventClient, eventClient, type EventTransport, grpcTransport } from '@ocm/cloudevents';
import type { AgentContext } from '../agent-context.ts';
import type { AgentNames } from '../identity/complete-names.ts';

/** One connection to a gRPC server, and what runs over it. */
export interface EventConnection {
  readonly transport: EventTransport;
  /** A client for these kinds; it does nothing until it is run. */
  readonly client: (...kinds: readonly Kind[]) => EventClient;
  /** Runs something until the connection is closed, which waits for its end. */
  readonly keep: (run: (signal: AbortSignal) => Promise<void>) => void;
  readonly close: () => Promise<void>;
}

/**
 * Prepares a connection; nothing is sent yet.
 *
 * @throws ConfigError when the gRPC configuration cannot be used
 */
export async function openEventConnection(
  { clock, log, random, eventMetrics }: Pick<AgentContext, 'clock' | 'log' | 'random' | 'eventMetrics'>,
  { configPath, names: { cluster } }: { readonly configPath: string; readonly names: AgentNames },
): Promise<EventConnection> {
  const transport = await grpcTransport(configPath, { clock, log });
  const counting = eventMetrics === undefined ? {} : { metrics: eventMetrics };
  const closing = new AbortController();
  const running: Promise<void>[] = [];
  return {
    transport,
    client: (...kinds) =>
      eventClient({ transport, clusterName: cluster, sourceId: cluster, kinds, clock, log, random, ...counting }),
    keep(run) {
      running.push(
        run(closing.signal).catch((error: unknown) =>
          log.error({ cluster, error }, 'events of the hub are not followed'),
        ),
      );
    },
    async close() {
      closing.abort();
      await Promise.all(running);
      await transport[Symbol.asyncDispose]();
    },
  };
}
