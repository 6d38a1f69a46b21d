import {
  type AppliedManifestWork,
  appliedWorkName,
  finalizers,
  type HubHash,
  labels as labelNames,
  type ManifestWork,
  semanticEqual,
} from '@ocm/api';
import { isKubeError, type Lister, type Resource } from '@ocm/kube';

export interface AppliedWorkTools {
  readonly hubHash: HubHash;
  readonly agentId: string;
  readonly appliedWorks: Pick<Lister<AppliedManifestWork>, 'get'>;
  readonly appliedWorkResource: Resource<AppliedManifestWork>;
}

/** The AppliedManifestWork of a work as it must be: created when missing, its spec and labels corrected (work 2.3, 7.2). */
export async function ensureAppliedWork(
  work: ManifestWork,
  { hubHash, agentId, appliedWorks, appliedWorkResource: resource }: AppliedWorkTools,
  signal: AbortSignal,
): Promise<AppliedManifestWork> {
  const name = appliedWorkName(hubHash, work.metadata.name);
  // Where a work came from is a mark of this agent, not a label that somebody gave to the work.
  const { [labelNames.originalSource]: _source, ...labels } = work.metadata.labels ?? {};
  const spec = { hubHash, agentID: agentId, manifestWorkName: work.metadata.name };
  const present = appliedWorks.get(name) ?? (await create());
  const withSpec = await resource.patchSpec(present, spec, { signal });
  const stale = Object.keys(withSpec.metadata.labels ?? {}).filter((key) => !Object.hasOwn(labels, key));
  if (stale.length === 0 && semanticEqual({ labels: withSpec.metadata.labels }, { labels })) return withSpec;
  const change = { ...Object.fromEntries(stale.map((key) => [key, null])), ...labels };
  return resource.patchMetadata(withSpec, { labels: change }, { signal });

  async function create(): Promise<AppliedManifestWork> {
    try {
      const metadata = { name, labels, finalizers: [finalizers.appliedWork] };
      return await resource.create({ metadata, spec }, { signal });
    } catch (error) {
      if (isKubeError(error, 'exists')) return resource.get(name, { signal }); // the cache is behind
      throw error;
    }
  }
}
