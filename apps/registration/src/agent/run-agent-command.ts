import { hostname } from 'node:os';
import { leaderElectionLeases } from '@ocm/api';
import { isKubeError, type KubeClient } from '@ocm/kube';
import { leadUntilStopped, openComponent, type ProcessContext, type ProcessMetrics } from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import type { AgentSettings } from './agent-flags.ts';
import { createAgentHealth } from './agent-health.ts';
import { createConnectionReport } from './diagnosis/connection-report.ts';
import { type AgentOptions, runAgent } from './run-agent.ts';

/** `registration agent`: serves health and metrics, and runs the agent while it is the leader. */
export async function runAgentCommand(settings: AgentSettings, context: ProcessContext): Promise<void> {
  const { clock, env, log, signal, stop } = context;
  const identity = { userAgent: 'registration-agent', build: buildInfo };
  await using component = await openComponent(settings, identity, context);
  const { client, namespace, metrics, kubeconfig } = component;
  const health = createAgentHealth();
  const connection = createConnectionReport();
  for (const gauge of connection.gauges) metrics.addGauge(gauge);
  await component.serve({ health: [health.check, connection.check] });
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
    rateLimit: component.connectOptions.rateLimit,
    proxy: component.connectOptions.proxy,
    ...(await grpcOptions(settings, { env, metrics })),
  };
  const lead = async (signal: AbortSignal): Promise<void> => {
    await runAgent({ ...agent, signal });
    stop('the agent has ended');
  };
  await leadUntilStopped(
    lead,
    { config: settings, client, namespace, name: leaderElectionLeases.registrationAgent, metrics: metrics.kube },
    context,
  );
}

/** What only the driver grpc needs (cloudevents-grpc 9.2, 10). Loaded only where it is used: gRPC costs memory. */
async function grpcOptions(
  { registrationAuth }: AgentSettings,
  { env, metrics }: { readonly env: ProcessContext['env']; readonly metrics: ProcessMetrics },
): Promise<Pick<AgentOptions, 'intervals' | 'eventMetrics'>> {
  if (registrationAuth !== 'grpc') return {};
  const { certificateRefreshMs, eventMetrics } = await import('@ocm/cloudevents');
  const refreshMs = certificateRefreshMs(env);
  return {
    eventMetrics: eventMetrics(metrics, 'agent'),
    ...(refreshMs === undefined ? {} : { intervals: { credentialReloadMs: refreshMs } }),
  };
}

/** An outage passes by itself, and the lease waits for its end. A certificate of another CA does not, so the process says so and ends. */
async function refuseUntrusted(client: Pick<KubeClient, 'request'>, signal: AbortSignal): Promise<void> {
  try {
    await client.request({ method: 'GET', path: '/version', timeoutMs: 5000, signal });
  } catch (error) {
    if (isKubeError(error, 'untrusted')) throw error;
  }
}
