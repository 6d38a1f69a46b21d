import { apiVersionOf, type OwnerReference, Placement, type PlacementDecision } from '@ocm/api';
import { type Informer, isKubeError, type Resource } from '@ocm/kube';
import type { SliceWrite } from '../decisions/plan-slice-writes.ts';
import type { SliceNews } from './decision-event.ts';

export interface SliceWriter {
  readonly placement: Placement;
  readonly slices: Resource<PlacementDecision>;
  readonly cache: Pick<Informer<PlacementDecision>, 'get' | 'learn' | 'learnDeleted'>;
  /** Told of every write that changed something, and only of those. */
  readonly tell: (news: SliceNews, slice: PlacementDecision) => void;
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
  const { namespace } = writer.placement.metadata;
  // The cache may refuse what it has been told, so what was written here comes first.
  const written = new Map<string, PlacementDecision>();
  const find = (name: string): PlacementDecision | undefined =>
    written.get(name) ?? writer.cache.get({ namespace, name });
  const note = (slice: PlacementDecision): PlacementDecision => {
    written.set(slice.metadata.name, slice);
    writer.cache.learn(slice);
    return slice;
  };
  for (const write of writes) {
    const { slice, kind } = write;
    if (write.after.some((receiver) => failed.has(receiver))) {
      failed.add(slice);
      continue;
    }
    try {
      await carryOut(write, { ...writer, find, note }, signal);
    } catch (error) {
      failed.add(slice);
      const what = `${kind} of PlacementDecision ${namespace}/${slice}`;
      failures[kind === 'delete' ? 'deletions' : 'writes'].push(new Error(what, { cause: error }));
    }
  }
  return failures;
}

interface SliceMemory {
  readonly find: (name: string) => PlacementDecision | undefined;
  /** Takes note of what the server has now. */
  readonly note: (slice: PlacementDecision) => PlacementDecision;
}

async function carryOut(
  write: SliceWrite,
  { placement, slices, cache, find, note, tell }: SliceWriter & SliceMemory,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = placement.metadata;
  const seen = find(write.slice);
  switch (write.kind) {
    case 'create': {
      const metadata = { name: write.slice, namespace, labels: write.labels, ownerReferences: [ownerOf(placement)] };
      const created = note(await slices.create({ metadata } as PlacementDecision, { signal }));
      tell('created', created);
      if (write.clusters.length > 0) await decide(created, write.clusters);
      return;
    }
    case 'decide':
      return decide(present(seen, write.slice), write.clusters);
    case 'relabel':
      note(await slices.patchMetadata(present(seen, write.slice), { labels: write.labels }, { signal }));
      return;
    case 'delete':
      return remove(present(seen, write.slice));
    default:
      write satisfies never;
  }

  async function decide(slice: PlacementDecision, clusters: readonly string[]): Promise<void> {
    // `reason` is required, also when there is nothing to say.
    const decisions = clusters.map((clusterName) => ({ clusterName, reason: '' }));
    tell('updated', note(await slices.patchStatus(slice, { decisions }, { signal })));
  }

  async function remove(slice: PlacementDecision): Promise<void> {
    const { name, uid, resourceVersion } = slice.metadata;
    try {
      await slices.delete({ namespace, name }, { uid, resourceVersion, signal });
    } catch (error) {
      if (!isKubeError(error, 'not-found')) throw error;
    }
    cache.learnDeleted(slice);
    tell('deleted', slice);
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
