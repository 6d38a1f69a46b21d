import { annotations, type KubeObject, labels, type ManifestWork, semanticEqual } from '@ocm/api';
import {
  informer,
  type Informer,
  type InformerOptions,
  isKubeError,
  mergePatchBetween,
  type Resource,
} from '@ocm/kube';
import type { DesiredWork, HubWorks, WorkView } from './hub-works.ts';
import { SharedSpecs } from './shared-specs.ts';

/** Up to so many clusters are asked one by one; beyond that, one list of all works of the owner costs less. */
const ONE_BY_ONE = 16;

export interface HubWorksOptions extends Pick<InformerOptions<ManifestWork>, 'clock' | 'log' | 'metrics'> {
  readonly resyncMs: number;
}

/** The works of all clusters over whatever serves them with the interface of the Kubernetes API. A view that nobody watches costs nothing. */
export function resourceHubWorks(works: Resource<ManifestWork>, options: HubWorksOptions): HubWorks {
  const specs = new SharedSpecs();
  const owned = informer(works, {
    ...options,
    labelSelector: labels.replicaSet,
    transform: (work) => withSpec(withoutMarks(withoutReports(work)), work.spec && specs.share(work.spec)),
    indexes: { owner: ({ metadata }) => [metadata.labels?.[labels.replicaSet] ?? ''] },
  });
  const expiring = informer(works, {
    ...options,
    labelSelector: `!${labels.replicaSet}`,
    keep: ({ spec }) => spec?.deleteOption?.ttlSecondsAfterFinished !== undefined,
    transform: (work) => withSpec(withoutReports(work), deleteOptionOf(work)),
  });
  return {
    owned: { ...viewOf(owned), byOwner: (owner) => owned.by('owner', owner) },
    expiring: viewOf(expiring),
    readOwned: (owner, reading) => readOwned(works.metadata(), owner, reading),
    async create(work, { signal }) {
      await works.create(work, { signal });
    },
    async update(seen, desired, { signal }) {
      const change = changeTowards(seen, desired);
      if (change === undefined) return false;
      await works.mergePatch(seen.metadata, change, { signal });
      return true;
    },
    async delete({ namespace, name, uid, resourceVersion }, { signal }) {
      try {
        await works.delete({ namespace, name }, { uid, resourceVersion, signal });
      } catch (error) {
        if (!isKubeError(error, 'not-found')) throw error;
      }
    },
  };
}

async function readOwned(
  works: Resource<KubeObject>,
  owner: string,
  { clusters, signal }: Parameters<HubWorks['readOwned']>[1],
): Promise<readonly KubeObject[]> {
  const labelSelector = `${labels.replicaSet}=${owner}`;
  const list = async (namespace: string | undefined): Promise<readonly KubeObject[]> => {
    const found: KubeObject[] = [];
    for await (const { items } of works.list({ namespace, labelSelector, signal })) found.push(...items);
    return found;
  };
  if (clusters === undefined || clusters.length > ONE_BY_ONE) return list(undefined);
  return (await Promise.all(clusters.map(list))).flat();
}

/** The guarded patch that makes of a work what it should be; `undefined` when it is that already. */
export function changeTowards(seen: ManifestWork, { labels: wanted, spec }: DesiredWork): object | undefined {
  const { labels: present, annotations: noted = {}, ownerReferences = [], uid, resourceVersion } = seen.metadata;
  const before = {
    metadata: {
      labels: present,
      // None is what it should have, and an empty map is none.
      annotations: Object.keys(noted).length === 0 ? undefined : noted,
      ownerReferences: ownerReferences.length === 0 ? undefined : ownerReferences,
    },
    spec: seen.spec ?? {},
  };
  const after = { metadata: { labels: wanted }, spec: semanticEqual(seen.spec, spec) ? before.spec : spec };
  const change = mergePatchBetween(before, after);
  if (change === undefined) return undefined;
  return { ...change, metadata: { ...(change['metadata'] as object | undefined), uid, resourceVersion } };
}

function viewOf(cache: Pick<Informer<ManifestWork>, 'get' | 'events'>): WorkView {
  return { get: (ref) => cache.get(ref), events: (keys) => cache.events(keys) };
}

/** Nothing on the hub reads what agents report about single manifests, and it may be most of a work. */
function withoutReports({ status, ...work }: ManifestWork): ManifestWork {
  return { ...work, ...(status?.conditions === undefined ? {} : { status: { conditions: status.conditions } }) };
}

/** Which status it is, is a matter of the transport. */
function withoutMarks(work: ManifestWork): ManifestWork {
  const { annotations: noted } = work.metadata;
  if (noted?.[annotations.eventSequenceId] === undefined) return work;
  const { [annotations.eventSequenceId]: _, [annotations.eventReportedVersion]: __, ...own } = noted;
  return { ...work, metadata: { ...work.metadata, annotations: own } };
}

function deleteOptionOf({ spec }: ManifestWork): ManifestWork['spec'] {
  return spec?.deleteOption === undefined ? {} : { deleteOption: spec.deleteOption };
}

function withSpec(work: ManifestWork, spec: ManifestWork['spec']): ManifestWork {
  return spec === undefined ? work : { ...work, spec };
}
