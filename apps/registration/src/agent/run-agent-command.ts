import { hostname } from 'node:os';
import { leaderElectionLeases } from '@ocm/api';
import { connect, isKubeError, type KubeClient } from '@ocm/kube';
import {
  componentNamespace,
  createAccessGuard,
  createProcessMetrics,
  kubeconfigSource,
  leadUntilStopped,
  openProcessServer,
  type ProcessContext,
  rateLimit,
} from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import type { AgentSettings } from './agent-flags.ts';
import { createAgentHealth } from './agent-health.ts';
import { createConnectionReport } from './diagnosis/connection-report.ts';
import type { AgentIntervals } from './intervals.ts';
import { runAgent } from './run-agent.ts';

/** `registration agent`: serves health and metrics, and runs the agent while it is the leader. */
export async function runAgentCommand(settings: AgentSettings, context: ProcessContext): Promise<void> {
  const { clock, env, log, signal, stop } = context;
  const namespace = await componentNamespace(settings.namespace);
  const metrics = createProcessMetrics({ clock, namespace, build: buildInfo });
  const kubeconfig = kubeconfigSource(settings.kubeconfig, env);
  const limit = rateLimit(settings.kubeApiQps, settings.kubeApiBurst);
  const proxy = { httpProxy: env['HTTP_PROXY'], httpsProxy: env['HTTPS_PROXY'], noProxy: env['NO_PROXY'] };
  // The last request, the release of the lease, comes after the signal.
  const closing = new AbortController();
  await using client = await connect(kubeconfig, {
    userAgent: 'registration-agent',
    signal: closing.signal,
    clock,
    log,
    metrics: metrics.kube,
    rateLimit: limit,
    proxy,
  });
  const health = createAgentHealth();
  const connection = createConnectionReport();
  for (const gauge of connection.gauges) metrics.addGauge(gauge);
  await using _server = await openProcessServer({
    config: settings,
    health: [health.check, connection.check],
    metrics: { source: metrics.source, guard: createAccessGuard({ client, clock }) },
    clock,
    log,
  });
  await refuseUntrusted(client, signal);
  const instance = env['POD_NAME'] || hostname();
  const agent = {
    settings,
    namespace,
    client,
    kubeconfig,
    instance,
    log,
    clock,
    metrics: metrics.kube,
    health,
    connection,
    intervals: await grpcIntervals(settings, env),
  };
  const lead = async (signal: AbortSignal): Promise<void> => {
    await runAgent({ ...agent, signal, rateLimit: limit, proxy });
    stop('the agent has ended');
  };
  await leadUntilStopped(
    lead,
    { config: settings, client, namespace, name: leaderElectionLeases.registrationAgent, metrics: metrics.kube },
    context,
  );
}

/** What the environment says about certificates of gRPC clients (cloudevents-grpc 9.2). Loaded only where it is used: gRPC costs memory. */
async function grpcIntervals(
  { registrationAuth }: AgentSettings,
  env: ProcessContext['env'],
): Promise<Partial<AgentIntervals>> {
  if (registrationAuth !== 'grpc') return {};
  const { certificateRefreshMs } = await import('@ocm/cloudevents');
  const refreshMs = certificateRefreshMs(env);
  return refreshMs === undefined ? {} : { credentialReloadMs: refreshMs };
}

/** An outage passes by itself, and the lease waits for its end. A certificate of another CA does not, so the process says so and ends. */
async function refuseUntrusted(client: Pick<KubeClient, 'request'>, signal: AbortSignal): Promise<void> {
  try {
    await client.request({ method: 'GET', path: '/version', timeoutMs: 5000, signal });
  } catch (error) {
    if (isKubeError(error, 'untrusted')) throw error;
  }
}
