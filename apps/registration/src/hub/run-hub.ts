/**
 * The hub controller in process, without flags, leader election or serving. Tests start it as
 *
 *     await runHub({ client, signal, log });
 *
 * It resolves when the signal has fired and every running reconcile has ended, and rejects with the first fatal error (a cache that does
 * not sync). `client` is an administrator's or the hub controller's; everything else has a default.
 */
import { bootstrapServiceAccount, imagePullSecret, namespaces } from '@ocm/api';
import { type Clock, type KubeClient, type KubeMetrics, type Logger, run, systemClock } from '@ocm/kube';
import { controllerFlags } from './controller-flags.ts';
import { createHubContext, type HubGates, type HubSettings } from './hub-context.ts';
import { hubControllers } from './hub-controllers.ts';
import { servedCsrKind } from '../served-csr-kind.ts';

export interface HubOptions extends Partial<Omit<HubSettings, 'gates'>> {
  /** Those that differ from the defaults. */
  readonly gates?: Partial<HubGates>;
  readonly client: KubeClient;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly metrics?: KubeMetrics;
  /** Names the process in events. */
  readonly instance?: string;
  /** How long the caches may take until the process gives up. */
  readonly syncTimeoutMs?: number;
}

const DEFAULTS: HubSettings = {
  extraLabels: {},
  gates: {
    ClusterImporter: false,
    ClusterProfile: false,
    DefaultClusterSet: true,
    ManagedClusterAutoApproval: false,
    ResourceCleanup: true,
    V1beta1CSRAPICompatibility: false,
  },
  autoApprovedCsrUsers: new Set(),
  drivers: ['csr'],
  awsirsa: undefined,
  grpc: undefined,
  cleanupTypes: controllerFlags.gcResources.default,
  importing: {
    renderers: ['render-from-config-secret'],
    hubApiServerUrl: undefined,
    agentImage: undefined,
    bootstrapServiceAccount: { namespace: namespaces.operator, name: bootstrapServiceAccount },
    namespace: namespaces.hub,
    imagePullSecretName: imagePullSecret,
  },
  worksRecheckMs: 5000,
  cleanupRecheckMs: 5000,
  joinPatienceMs: 15_000,
  builtInSetCheckMs: 10_000,
  setCountIntervalMs: 1000,
  resyncMs: 30 * 60_000,
  watchSilenceMs: 90_000,
};

export async function runHub(options: HubOptions): Promise<void> {
  const { client, signal, log, clock = systemClock, metrics, instance = 'registration-controller', ...rest } = options;
  const { syncTimeoutMs, gates, ...given } = rest;
  const settings = { ...DEFAULTS, ...given, gates: { ...DEFAULTS.gates, ...gates } };
  const csrKind = await servedCsrKind(client.mapper, settings.gates.V1beta1CSRAPICompatibility, signal);
  const context = createHubContext({ client, csrKind, log, clock, metrics, instance }, settings);
  const { controllers, background } = hubControllers(context);
  const running = run(controllers, {
    signal,
    log,
    clock,
    ...(metrics === undefined ? {} : { metrics }),
    ...(syncTimeoutMs === undefined ? {} : { syncTimeoutMs }),
  });
  // Caches that nobody waits for end with the controllers.
  const ended = new AbortController();
  const following = background.map((informer) => informer.run(AbortSignal.any([signal, ended.signal])));
  await running.finally(() => ended.abort());
  await Promise.all(following);
}
