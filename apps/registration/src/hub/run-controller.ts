import { hostname } from 'node:os';
import { leaderElectionLeases } from '@ocm/api';
import { connect, leadElection } from '@ocm/kube';
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
import type { ControllerConfig } from './controller-flags.ts';
import type { HubSettings } from './hub-context.ts';
import { runHub } from './run-hub.ts';

/** `registration controller`: serves health and metrics, and runs the hub's controllers while it is the leader. */
export async function runController(config: ControllerConfig, context: ProcessContext): Promise<void> {
  const { clock, env, log, signal } = context;
  const namespace = await componentNamespace(config.namespace);
  const metrics = createProcessMetrics({ clock, namespace, build: buildInfo });
  // The last request, the release of the lease, comes after the signal.
  const closing = new AbortController();
  await using client = await connect(kubeconfigSource(config.kubeconfig, env), {
    userAgent: 'registration-controller',
    signal: closing.signal,
    clock,
    log,
    metrics: metrics.kube,
    rateLimit: rateLimit(config.kubeApiQps, config.kubeApiBurst),
    proxy: { httpProxy: env['HTTP_PROXY'], httpsProxy: env['HTTPS_PROXY'], noProxy: env['NO_PROXY'] },
  });
  await using _server = await openProcessServer({
    config,
    health: [],
    metrics: { source: metrics.source, guard: createAccessGuard({ client, clock }) },
    clock,
    log,
  });
  const instance = env['POD_NAME'] || hostname();
  const lead = (signal: AbortSignal): Promise<void> =>
    runHub({ ...hubSettings(config), client, signal, log, clock, metrics: metrics.kube, instance });
  const election = {
    client,
    namespace,
    name: leaderElectionLeases.registrationController,
    // A pod's name outlives its containers: a restarted one takes its own lease back at once.
    identity: env['POD_NAME'] || `${hostname()}_${crypto.randomUUID()}`,
    leaseDurationMs: config.leaseDurationMs,
    renewDeadlineMs: config.renewDeadlineMs,
    retryPeriodMs: config.retryPeriodMs,
    signal,
    log,
    clock,
    metrics: metrics.kube,
  };
  await Promise.all([
    config.disableLeaderElection ? lead(signal) : leadElection(election, lead),
    stopOnFileChange(config.terminateOnFiles, context),
  ]);
}

function hubSettings(config: ControllerConfig): Partial<HubSettings> {
  const { extraLabels, gates, gcResources, drivers, autoApprovedCsrUsers, clusterAutoApprovalUsers } = config;
  const users = autoApprovedCsrUsers.length > 0 ? autoApprovedCsrUsers : clusterAutoApprovalUsers;
  return { extraLabels, gates, cleanupTypes: gcResources, drivers, autoApprovedCsrUsers: new Set(users) };
}
