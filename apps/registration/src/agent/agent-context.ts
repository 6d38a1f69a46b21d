import type { EventMetrics } from '@ocm/cloudevents';
import type { Clock, ConnectOptions, InformerOptions, KubeMetrics, Logger } from '@ocm/kube';
import type { AgentSettings } from './agent-flags.ts';
import type { AgentIntervals } from './intervals.ts';

/** The collaborators of the agent, built once; a function asks for those it uses. */
export interface AgentContext {
  readonly settings: AgentSettings;
  /** Where the agent's secrets and its leader election lease are. */
  readonly namespace: string;
  /** Names this process in events. */
  readonly instance: string;
  readonly intervals: AgentIntervals;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: KubeMetrics | undefined;
  /** Of the events that go over gRPC. */
  readonly eventMetrics: EventMetrics | undefined;
  readonly rateLimit: ConnectOptions['rateLimit'];
  readonly proxy: ConnectOptions['proxy'];
  /** Path of the command line of AWS (driver awsirsa). */
  readonly awsCommand: string;
}

type Runtime = Pick<AgentContext, 'clock' | 'random' | 'log' | 'metrics'>;

/** What every connection of the agent has in common. It ends when it is closed, after the writes in hand, and not by a signal. */
export function connectOptions(context: AgentContext): ConnectOptions {
  const { rateLimit, proxy, intervals } = context;
  const { credentialReloadMs } = intervals;
  const { signal } = new AbortController();
  return { userAgent: 'registration-agent', signal, rateLimit, proxy, credentialReloadMs, ...runtimeOf(context) };
}

/** What every cache of the agent has in common. */
export function cacheOptions(context: Runtime): Pick<InformerOptions<never>, 'clock' | 'random' | 'log' | 'metrics'> {
  return runtimeOf(context);
}

function runtimeOf({
  clock,
  random,
  log,
  metrics,
}: Runtime): Pick<ConnectOptions, 'clock' | 'random' | 'log' | 'metrics'> {
  return { clock, random, log, ...(metrics === undefined ? {} : { metrics }) };
}
