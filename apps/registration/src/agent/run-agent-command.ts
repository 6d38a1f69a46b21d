import { hostname } from 'node:os';
import { leaderElectionLeases } from '@ocm/api';
import { connect, isKubeError, type KubeClient, leadElection } from '@ocm/kube';
import {
  componentNamespace,
  createAccessGuard,
  createProcessMetrics,
  kubeconfigSource,
  openProcessServer,
  type ProcessContext,
  rateLimit,
  stopOnFileChange,
} from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import type { AgentSettings } from './agent-flags.ts';
import { createAgentHealth } from './agent-health.ts';
import { createConnectionReport } from './diagnosis/connection-report.ts';
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
  };
  const lead = async (signal: AbortSignal): Promise<void> => {
    await runAgent({ ...agent, signal, rateLimit: limit, proxy });
    stop('the agent has ended');
  };
  const election = {
    client,
    namespace,
    name: leaderElectionLeases.registrationAgent,
    // A pod's name outlives its containers: a restarted one takes its own lease back at once.
    identity: env['POD_NAME'] || `${hostname()}_${crypto.randomUUID()}`,
    leaseDurationMs: settings.leaseDurationMs,
    renewDeadlineMs: settings.renewDeadlineMs,
    retryPeriodMs: settings.retryPeriodMs,
    signal,
    log,
    clock,
    metrics: metrics.kube,
  };
  await Promise.all([
    settings.disableLeaderElection ? lead(signal) : leadElection(election, lead),
    stopOnFileChange(settings.terminateOnFiles, context),
  ]);
}

/** An outage passes by itself, and the lease waits for its end. A certificate of another CA does not, so the process says so and ends. */
async function refuseUntrusted(client: Pick<KubeClient, 'request'>, signal: AbortSignal): Promise<void> {
  try {
    await client.request({ method: 'GET', path: '/version', timeoutMs: 5000, signal });
  } catch (error) {
    if (isKubeError(error, 'untrusted')) throw error;
  }
}
