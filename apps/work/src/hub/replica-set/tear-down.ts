import { finalizers, hasFinalizer, isDeleting, type ManifestWorkReplicaSet, withoutFinalizers } from '@ocm/api';
import { done, keyOf, type Outcome, requeueAfter, retry } from '@ocm/kube';
import type { ManagerContext } from '../manager-context.ts';
import { deleteWorks } from './carry-out.ts';
import { ownerOf, ownerProblem } from './desired-work.ts';

/** How long to rely on events of works. */
const LOOK_AGAIN_MS = 60_000;

type TearDownContext = Pick<ManagerContext, 'works' | 'sets' | 'log'>;

/** Deletes the works of a replica set that is being deleted, and lets it go (work 12.2). */
export async function tearDown(
  context: TearDownContext,
  set: ManifestWorkReplicaSet,
  signal: AbortSignal,
): Promise<Outcome> {
  if (!hasFinalizer(set, finalizers.replicaSet)) return done();
  // An illegal label value means that there can be no works.
  if (ownerProblem(set) !== undefined) return letGo(context, set, signal);
  const { works, sets } = context;
  const now = await sets.live.find(set.metadata, { signal });
  // Another one of that name, whose works these are.
  if (now === undefined || now.metadata.uid !== set.metadata.uid || !isDeleting(now)) return done();
  const present = await works.readOwned(ownerOf(set), { signal });
  const failures = await deleteWorks(context, present, signal);
  if (failures.length > 0) {
    const errors = failures.map(({ error }) => error);
    return retry(new AggregateError(errors, `${failures.length} works of ${keyOf(set)} could not be deleted`));
  }
  // Their last event brings it here again, but none tells of a work that the cache has never seen.
  if (now.spec?.cascadeDeletionPolicy === 'Foreground' && present.length > 0) return requeueAfter(LOOK_AGAIN_MS);
  return letGo(context, now, signal);
}

async function letGo(
  { sets, log }: TearDownContext,
  set: ManifestWorkReplicaSet,
  signal: AbortSignal,
): Promise<Outcome> {
  const rest = withoutFinalizers(set.metadata.finalizers, finalizers.replicaSet);
  await sets.live.patchMetadata(set, { finalizers: rest }, { signal });
  log.info({ replicaSet: keyOf(set) }, 'replica set deleted');
  return done();
}
