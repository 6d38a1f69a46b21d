import { connect, type ConnectOptions, type KubeClient, type KubeconfigSource } from '@ocm/kube';
import { allMetrics } from '../metrics/all-metrics.ts';
import type { BuildInfo } from '../metrics/build-info.ts';
import { createProcessMetrics, type ProcessMetrics } from '../metrics/process-registry.ts';
import { createAccessGuard } from '../serving/access-guard.ts';
import type { HealthCheck } from '../serving/health.ts';
import type { MetricsSource } from '../serving/process-endpoints.ts';
import type { ProcessContext } from './command.ts';
import { componentNamespace, kubeconfigSource } from './component-identity.ts';
import { openProcessServer, type ProcessServerOptions } from './process-server.ts';
import { rateLimit } from './rate-limit.ts';

/** What a component reads of its flags; `commonFlags` has all of it. */
export type ComponentFlags = ProcessServerOptions['config'] & {
  readonly kubeconfig: string | undefined;
  readonly namespace: string | undefined;
  readonly kubeApiQps: number;
  readonly kubeApiBurst: number;
};

/** What every controller, agent and server stands on: its cluster, and where people see how it is. */
export interface Component extends AsyncDisposable {
  /** Where it runs; its lease is there. */
  readonly namespace: string;
  readonly metrics: ProcessMetrics;
  /** The cluster that it runs on, open until the component is disposed of: the last requests come after the signal of the process. */
  readonly client: KubeClient;
  /** Where that client has its address from. */
  readonly kubeconfig: KubeconfigSource;
  /** With these it was connected; for the clients of further clusters. */
  readonly connectOptions: ConnectOptions;
  /**
   * Serves health and metrics until the component is disposed of.
   *
   * @throws ConfigError when address, TLS settings or certificate cannot be used
   */
  serve(served: Served): Promise<void>;
}

/** What the HTTPS server of a component tells. */
export interface Served {
  readonly health: readonly HealthCheck[];
  /** Metrics beside those of the component. */
  readonly sources?: readonly MetricsSource[];
  /** Whether it serves `/version`, to those who may see the metrics. */
  readonly version?: boolean;
}

/**
 * Opens what the flags name; nothing is requested yet.
 *
 * @throws ConfigError when namespace or kubeconfig are missing
 * @throws KubeError with code `config` when the kubeconfig cannot be used
 */
export async function openComponent(
  config: ComponentFlags,
  { userAgent, build }: { readonly userAgent: string; readonly build: BuildInfo },
  { clock, env, log }: Pick<ProcessContext, 'clock' | 'env' | 'log'>,
): Promise<Component> {
  const namespace = await componentNamespace(config.namespace);
  const metrics = createProcessMetrics({ clock, namespace, build });
  const kubeconfig = kubeconfigSource(config.kubeconfig, env);
  const connectOptions: ConnectOptions = {
    userAgent,
    signal: new AbortController().signal,
    clock,
    log,
    metrics: metrics.kube,
    rateLimit: rateLimit(config.kubeApiQps, config.kubeApiBurst),
    proxy: { httpProxy: env['HTTP_PROXY'], httpsProxy: env['HTTPS_PROXY'], noProxy: env['NO_PROXY'] },
  };
  await using opening = new AsyncDisposableStack();
  const client = opening.use(await connect(kubeconfig, connectOptions));
  const open = opening.move();
  return {
    namespace,
    metrics,
    client,
    kubeconfig,
    connectOptions,
    async serve({ health, sources = [], version = false }) {
      const guard = createAccessGuard({ client, clock });
      const source = allMetrics(metrics.source, ...sources);
      const told = { health, metrics: { source, guard }, ...(version ? { build } : {}) };
      open.use(await openProcessServer({ ...told, config, clock, log }));
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
