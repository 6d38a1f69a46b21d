import type { KubeClient } from '@ocm/kube';
import { kubeWorkSource, type KubeWorkSourceOptions } from './kube-work-source.ts';
import type { WorkDriver } from './work-driver.ts';

/** Works over the Kubernetes API of the hub. The client is closed with the driver. */
export function kubeWorkDriver(options: KubeWorkSourceOptions & { readonly hub: KubeClient }): WorkDriver {
  const { hub } = options;
  return {
    address: hub.server,
    health: [],
    serve: (job) => job(kubeWorkSource(options)),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}
