import { connect, type ConnectOptions, isKubeError, type KubeClient, kubeconfigFile } from '@ocm/kube';
import { ConfigError } from '@ocm/service';
import type { HubDriver } from './hub-driver.ts';
import { kubeHubWorks } from './kube-hub-works.ts';

export interface KubeHubDriverOptions {
  /** Of the manager itself. */
  readonly client: KubeClient;
  readonly connecting: ConnectOptions;
  readonly resyncMs: number;
}

/**
 * Works over the Kubernetes API: that of the manager, or that which a kubeconfig names.
 *
 * @throws ConfigError when the kubeconfig cannot be used
 */
export async function kubeHubDriver(
  kubeconfig: string | undefined,
  { client: own, connecting, resyncMs }: KubeHubDriverOptions,
): Promise<HubDriver> {
  const other = kubeconfig === undefined ? undefined : await connectFile(kubeconfig, connecting);
  const { clock, log, metrics } = connecting;
  const common = { ...(clock && { clock }), ...(log && { log }), ...(metrics && { metrics }) };
  const works = kubeHubWorks({ ...common, client: other ?? own, resyncMs });
  return {
    health: [],
    serve: (job) => job(works),
    [Symbol.asyncDispose]: async () => other?.[Symbol.asyncDispose](),
  };
}

async function connectFile(path: string, options: ConnectOptions): Promise<KubeClient> {
  try {
    return await connect(kubeconfigFile(path), options);
  } catch (error) {
    if (isKubeError(error, 'config')) throw new ConfigError([`--work-driver-config: ${error.message}`]);
    throw error;
  }
}
