import { ManifestWork } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import type { HubWorks } from './hub-works.ts';
import { type HubWorksOptions, resourceHubWorks } from './resource-hub-works.ts';

export interface KubeHubWorksOptions extends HubWorksOptions {
  readonly client: Pick<KubeClient, 'kind'>;
}

/** The works of all clusters over the Kubernetes API of the hub. */
export function kubeHubWorks({ client, ...options }: KubeHubWorksOptions): HubWorks {
  return resourceHubWorks(client.kind(ManifestWork), options);
}
