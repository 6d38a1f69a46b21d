import { labels, type ManifestWork } from '@ocm/api';
import type { Resource } from '@ocm/kube';
import type { HubWorks } from './hub-works.ts';
import { type HubWorksOptions, resourceHubWorks } from './resource-hub-works.ts';
import { workNames } from './work-names.ts';

/**
 * The works of replica sets over events (cloudevents-grpc 17.2): nothing of them is in Kubernetes. What is lost with this process comes back from
 * those who hold it; a work that has to be made anew gets the name it had, and so takes the place of the one that its agent holds.
 *
 * @param works those of the source client
 */
export function eventHubWorks(works: Resource<ManifestWork>, options: HubWorksOptions): HubWorks {
  return {
    ...resourceHubWorks(works, options),
    async create({ metadata, ...work }, { signal }) {
      for (const name of workNames(metadata)) {
        const taken = await works.find({ namespace: metadata.namespace, name }, { signal });
        if (taken !== undefined && !isSameWork(taken.metadata, metadata)) continue;
        const { generateName: _, ...given } = { generateName: '', ...metadata };
        await works.create({ ...work, metadata: { ...given, name } }, { signal });
        return;
      }
      throw new Error(`no name is left for another work in ${metadata.namespace}`);
    },
  };
}

/** Whether both are the work of one replica set for one Placement. */
function isSameWork(
  { labels: one }: ManifestWork['metadata'],
  { labels: other }: Pick<ManifestWork['metadata'], 'labels'>,
): boolean {
  return [labels.replicaSet, labels.placementName].every((key) => one?.[key] === other?.[key]);
}
