import { hostname } from 'node:os';
import { leaderElectionLeases } from '@ocm/api';
import { connect, type ConnectOptions, isKubeError, type KubeClient, kubeconfigFile } from '@ocm/kube';
import {
  componentNamespace,
  ConfigError,
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
import { kubeHubWorks } from './works/kube-hub-works.ts';

/** `work manager`: serves health and metrics, and runs the controllers whose gates are on while it is the leader. */
export async function runManagerCommand(settings: ManagerSettings, context: ProcessContext): Promise<void> {
  complainAboutDriver(settings);
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
  const { workDriverConfig } = settings;
  const worksClient =
    workDriverConfig === undefined ? client : clients.use(await connectDriver(workDriverConfig, connecting));
  await using _server = await openProcessServer({
    config: settings,
    health: [],
    metrics: { source: metrics.source, guard: createAccessGuard({ client, clock }) },
    clock,
    log,
  });
  const common = { clock, log, metrics: metrics.kube };
  const works = kubeHubWorks({ ...common, client: worksClient, resyncMs: standardIntervals.resyncMs });
  const instance = env['POD_NAME'] || hostname();
  const lead = (leading: AbortSignal): Promise<void> =>
    runManager({ ...common, client, works, gates, signal: leading, instance });
  await leadUntilStopped(
    lead,
    { config: settings, client, namespace, name: leaderElectionLeases.workManager, metrics: metrics.kube },
    context,
  );
}

/** What flags demand of each other. */
function complainAboutDriver({ workDriver, cloudEventsClientId }: ManagerSettings): void {
  if (workDriver === 'kube') return;
  if (cloudEventsClientId === undefined) {
    throw new ConfigError([`--cloudevents-client-id: client id is required for the driver ${workDriver}`]);
  }
  throw new ConfigError([`--work-driver must be kube: ${workDriver} is not available yet`]);
}

async function connectDriver(path: string, options: ConnectOptions): Promise<KubeClient> {
  try {
    return await connect(kubeconfigFile(path), options);
  } catch (error) {
    if (isKubeError(error, 'config')) throw new ConfigError([`--work-driver-config: ${error.message}`]);
    throw error;
  }
}
