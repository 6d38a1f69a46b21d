import { ManifestWork } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { resourceWorkSource, type ResourceWorkSourceOptions } from './resource-work-source.ts';
import type { WorkSource } from './work-source.ts';

export interface KubeWorkSourceOptions extends ResourceWorkSourceOptions {
  readonly hub: KubeClient;
}

/** The works in the namespace of a cluster, over the Kubernetes API of the hub. */
export function kubeWorkSource({ hub, ...options }: KubeWorkSourceOptions): WorkSource {
  return resourceWorkSource(hub.kind(ManifestWork), options);
}
