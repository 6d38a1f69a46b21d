import { hostname } from 'node:os';
import { leaderElectionLeases } from '@ocm/api';
import { connect } from '@ocm/kube';
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
import { standardIntervals } from './manager-context.ts';
import type { ManagerSettings } from './manager-flags.ts';
import { runManager } from './run-manager.ts';
import { chooseHubDriver } from './works/choose-driver.ts';
import { kubeHubDriver } from './works/kube-hub-driver.ts';

/** `work manager`: serves health and metrics, and runs the controllers whose gates are on while it is the leader. */
export async function runManagerCommand(settings: ManagerSettings, context: ProcessContext): Promise<void> {
  const choice = chooseHubDriver(settings);
  const { clock, env, log } = context;
  const { gates } = settings;
  if (!gates.ManifestWorkReplicaSet && !gates.CleanUpCompletedManifestWork) {
    log.warn(
      { gates },
      'nothing to do: --feature-gates has neither ManifestWorkReplicaSet nor CleanUpCompletedManifestWork',
    );
  }
  const namespace = await componentNamespace(settings.namespace);
  const metrics = createProcessMetrics({ clock, namespace, build: buildInfo });
  // The last requests come after the signal: writes in hand, the release of the lease.
  const closing = new AbortController();
  const connecting = {
    userAgent: 'work-manager',
    signal: closing.signal,
    clock,
    log,
    metrics: metrics.kube,
    rateLimit: rateLimit(settings.kubeApiQps, settings.kubeApiBurst),
    proxy: { httpProxy: env['HTTP_PROXY'], httpsProxy: env['HTTPS_PROXY'], noProxy: env['NO_PROXY'] },
  };
  await using clients = new AsyncDisposableStack();
  const client = clients.use(await connect(kubeconfigSource(settings.kubeconfig, env), connecting));
  const { resyncMs } = standardIntervals;
  const driver = clients.use(
    choice.kind === 'kube'
      ? await kubeHubDriver(choice.kubeconfig, { client, connecting, resyncMs })
      : await (
          await import('./works/event-hub-driver.ts')
        ).eventHubDriver({ ...choice, env, resyncMs, clock, log, metrics }),
  );
  await using _server = await openProcessServer({
    config: settings,
    health: driver.health,
    metrics: { source: metrics.source, guard: createAccessGuard({ client, clock }) },
    clock,
    log,
  });
  const common = { clock, log, metrics: metrics.kube };
  const instance = env['POD_NAME'] || hostname();
  const lead = (leading: AbortSignal): Promise<void> =>
    driver.serve((works) => runManager({ ...common, client, works, gates, signal: leading, instance }));
  await leadUntilStopped(
    lead,
    { config: settings, client, namespace, name: leaderElectionLeases.workManager, metrics: metrics.kube },
    context,
  );
}
