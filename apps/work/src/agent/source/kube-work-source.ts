import { ManifestWork } from '@ocm/api';
import { informer, type InformerOptions, type KubeClient } from '@ocm/kube';
import { standardIntervals } from '../intervals.ts';
import type { WorkSource } from './work-source.ts';

export interface KubeWorkSourceOptions extends Pick<InformerOptions<ManifestWork>, 'clock' | 'log' | 'metrics'> {
  readonly hub: KubeClient;
  /** Namespace on the hub: that of the cluster. */
  readonly clusterName: string;
}

/** The works in the namespace of a cluster, over the Kubernetes API of the hub. */
export function kubeWorkSource({ hub, clusterName: namespace, ...options }: KubeWorkSourceOptions): WorkSource {
  const works = hub.kind(ManifestWork);
  const cache = informer(works, { ...options, namespace, resyncMs: standardIntervals.worksResyncMs });
  return {
    get: (name) => cache.get({ namespace, name }),
    list: () => cache.list(),
    read: (name, { signal }) => works.find({ namespace, name }, { signal }),
    events: (keys, watchOptions) => cache.events(keys, watchOptions),
    patchStatus: (seen, next, { signal }) => works.patchStatus(seen, next, { signal }),
    patchFinalizers: (seen, finalizers, { signal }) => works.patchMetadata(seen, { finalizers }, { signal }),
  };
}
