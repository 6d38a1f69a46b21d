import {
  type AppliedManifestWork,
  type AppliedResource,
  findCondition,
  isDeleting,
  type ManifestWork,
  workConditions,
} from '@ocm/api';
import type { ResourceId } from '../manifest/resource-id.ts';
import { deleteAppliedResources, type DeletionTools } from '../ownership/delete-applied-resources.ts';
import { isOwnedByWork } from '../ownership/owner.ts';
import type { WorkSource } from '../source/work-source.ts';
import type { Sighting } from '../status/sighting.ts';
import type { ManifestResult } from './manifest-result.ts';
import { sortedResources, staleResources } from './stale-resources.ts';

export type RecordedResources =
  | {
      readonly kind: 'recorded';
      /** New `status.appliedResources`. */
      readonly resources: readonly AppliedResource[];
      /** Some stale resources are not gone yet. */
      readonly isPending: boolean;
      readonly errors: readonly Error[];
    }
  /** It is not known what all manifests stand for, or what the hub wants now: nothing was removed, and nothing may be written. */
  | { readonly kind: 'unknown'; readonly error: Error }
  | { readonly kind: 'skipped' };

export interface AppliedPass {
  readonly work: ManifestWork;
  readonly appliedWork: AppliedManifestWork;
  readonly results: readonly ManifestResult[];
  /** One for each result. */
  readonly sightings: readonly Sighting[];
}

export interface RecordTools extends DeletionTools {
  readonly source: Pick<WorkSource, 'read'>;
}

/**
 * What a work owns after a pass (work 7.10). Objects that no manifest stands for any more are deleted, but only when every manifest is
 * known to stand for something else, and only when the hub still wants it so: a cache may be behind.
 */
export async function recordResources(
  pass: AppliedPass,
  tools: RecordTools,
  signal: AbortSignal,
): Promise<RecordedResources> {
  const { work, appliedWork, results } = pass;
  const wasApplied = findCondition(work.status?.conditions, workConditions.applied.type) !== undefined;
  // A work that was never applied leaves alone what another hub with this address has left.
  if (isDeleting(appliedWork) || (results.length === 0 && !wasApplied)) return { kind: 'skipped' };
  const live = liveResources(pass);
  if (live.kind === 'unknown') return live;
  // An object that is missing for now is still meant by its manifest.
  const meant = results.flatMap(({ manifest }) => (manifest.kind === 'resolved' ? [entryOf(manifest, '')] : []));
  const stale = staleResources(appliedWork.status?.appliedResources ?? [], meant);
  if (stale.length > 0 && !(await isUpToDate(work, tools.source, signal))) return { kind: 'skipped' }; // its event is on the way
  const isOrphaned = (id: ResourceId): boolean => !isOwnedByWork(work.spec?.deleteOption, id);
  const { pending, errors } = await deleteAppliedResources(
    { resources: stale, appliedWork, isOrphaned },
    tools,
    signal,
  );
  const resources = sortedResources([...live.resources, ...pending]);
  return { kind: 'recorded', resources, isPending: pending.length > 0, errors };
}

async function isUpToDate(
  { metadata }: ManifestWork,
  source: RecordTools['source'],
  signal: AbortSignal,
): Promise<boolean> {
  const now = await source.read(metadata.name, { signal });
  return now?.metadata.uid === metadata.uid && now?.metadata.generation === metadata.generation;
}

type LiveResources =
  | { readonly kind: 'known'; readonly resources: readonly AppliedResource[] }
  | { readonly kind: 'unknown'; readonly error: Error };

function liveResources({ results, sightings }: Pick<AppliedPass, 'results' | 'sightings'>): LiveResources {
  const resources: AppliedResource[] = [];
  for (const [index, { manifest }] of results.entries()) {
    const sighting = sightings[index] ?? { kind: 'incomplete' };
    if (manifest.kind === 'unresolved') return unknown(manifest.error);
    if (sighting.kind === 'unreadable') return unknown(sighting.error);
    if (sighting.kind === 'present') resources.push(entryOf(manifest, sighting.uid));
  }
  return { kind: 'known', resources };
}

function entryOf(
  { id, resource }: Extract<ManifestResult['manifest'], { kind: 'resolved' }>,
  uid: string,
): AppliedResource {
  return { ...id, version: resource.version, uid };
}

function unknown(cause: Error): LiveResources {
  const message = `nothing is removed, because it is not known what each manifest refers to: ${cause.message}`;
  return { kind: 'unknown', error: new Error(message, { cause }) };
}
