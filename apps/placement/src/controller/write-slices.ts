import { apiVersionOf, type OwnerReference, Placement, type PlacementDecision } from '@ocm/api';
import { isKubeError, type Resource } from '@ocm/kube';
import type { SliceWrite } from '../decisions/plan-slice-writes.ts';
import type { SliceNews } from './decision-event.ts';

export interface SliceWriter {
  readonly placement: Placement;
  readonly slices: Resource<PlacementDecision>;
  /** As the writes were planned on it. */
  readonly find: (slice: string) => PlacementDecision | undefined;
  /** Told of every write that changed something, and only of those. */
  readonly tell: (news: SliceNews, slice: string) => void;
}

/** Which writes failed. Those of others were made all the same. */
export interface SliceFailures {
  readonly writes: readonly Error[];
  readonly deletions: readonly Error[];
}

/** Carries out planned writes in their order (placement 9.2, 9.4). What gives up a cluster is left alone when its receiver could not be written. */
export async function writeSlices(
  writes: readonly SliceWrite[],
  writer: SliceWriter,
  signal: AbortSignal,
): Promise<SliceFailures> {
  const failed = new Set<string>();
  const failures = { writes: [] as Error[], deletions: [] as Error[] };
  const latest = new Map<string, PlacementDecision>();
  const find = (slice: string): PlacementDecision | undefined => latest.get(slice) ?? writer.find(slice);
  for (const write of writes) {
    const { slice, kind } = write;
    if (write.after.some((receiver) => failed.has(receiver))) {
      failed.add(slice);
      continue;
    }
    try {
      const written = await carryOut(write, { ...writer, find }, signal);
      if (written !== undefined) latest.set(slice, written);
    } catch (error) {
      failed.add(slice);
      const what = `${kind} of PlacementDecision ${writer.placement.metadata.namespace}/${slice}`;
      failures[kind === 'delete' ? 'deletions' : 'writes'].push(new Error(what, { cause: error }));
    }
  }
  return failures;
}

/** The slice as it is after the write; `undefined` when there is none. */
async function carryOut(
  write: SliceWrite,
  { placement, slices, find, tell }: SliceWriter,
  signal: AbortSignal,
): Promise<PlacementDecision | undefined> {
  const { namespace } = placement.metadata;
  const seen = find(write.slice);
  switch (write.kind) {
    case 'create': {
      const metadata = { name: write.slice, namespace, labels: write.labels, ownerReferences: [ownerOf(placement)] };
      const created = await slices.create({ metadata } as PlacementDecision, { signal });
      tell('created', write.slice);
      return write.clusters.length === 0 ? created : decide(created, write.clusters);
    }
    case 'decide':
      return decide(present(seen, write.slice), write.clusters);
    case 'relabel':
      return slices.patchMetadata(present(seen, write.slice), { labels: write.labels }, { signal });
    case 'delete':
      await remove(present(seen, write.slice));
      return undefined;
    default:
      return write satisfies never;
  }

  async function decide(slice: PlacementDecision, clusters: readonly string[]): Promise<PlacementDecision> {
    // `reason` is required, also when there is nothing to say.
    const decisions = clusters.map((clusterName) => ({ clusterName, reason: '' }));
    const patched = await slices.patchStatus(slice, { decisions }, { signal });
    tell('updated', slice.metadata.name);
    return patched;
  }

  async function remove({ metadata: { name, uid, resourceVersion } }: PlacementDecision): Promise<void> {
    try {
      await slices.delete({ namespace, name }, { uid, resourceVersion, signal });
    } catch (error) {
      if (!isKubeError(error, 'not-found')) throw error;
    }
    tell('deleted', name);
  }
}

/** Writes are planned on what was found. */
function present(slice: PlacementDecision | undefined, name: string): PlacementDecision {
  if (slice === undefined) throw new Error(`PlacementDecision ${name} was planned upon and is not there`);
  return slice;
}

function ownerOf({ metadata: { name, uid = '' } }: Placement): OwnerReference {
  const { kind } = Placement;
  return { apiVersion: apiVersionOf(Placement), kind, name, uid, controller: true, blockOwnerDeletion: true };
}
