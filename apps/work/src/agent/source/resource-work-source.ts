import { isDeleting, type ManifestWork } from '@ocm/api';
import { informer, type InformerOptions, type Resource } from '@ocm/kube';
import { standardIntervals } from '../intervals.ts';
import type { WorkSource } from './work-source.ts';

/** What a source keeps its works with. */
export interface ResourceWorkSourceOptions extends Pick<InformerOptions<ManifestWork>, 'clock' | 'log' | 'metrics'> {
  /** Namespace on the hub: that of the cluster. */
  readonly clusterName: string;
}

/** The works of a cluster over a resource, whatever that talks to. */
export function resourceWorkSource(
  works: Resource<ManifestWork>,
  { clusterName: namespace, ...options }: ResourceWorkSourceOptions,
): WorkSource {
  const cache = informer(works, { ...options, namespace, resyncMs: standardIntervals.worksResyncMs });
  // Two controllers write to a work; what one of them has written the other must not find missing.
  const learn = (written: ManifestWork): ManifestWork => {
    if (!isDeleting(written)) cache.learn(written); // the last finalizer ends it
    return written;
  };
  return {
    get: (name) => cache.get({ namespace, name }),
    list: () => cache.list(),
    read: (name, { signal }) => works.find({ namespace, name }, { signal }),
    events: (keys, watchOptions) => cache.events(keys, watchOptions),
    patchStatus: async (seen, next, { signal }) => learn(await works.patchStatus(seen, next, { signal })),
    patchFinalizers: async (seen, finalizers, { signal }) =>
      learn(await works.patchMetadata(seen, { finalizers }, { signal })),
  };
}
