import {
  finalizers,
  findCondition,
  hasFinalizer,
  type ManifestStatus,
  type ManifestWork,
  workConditions,
} from '@ocm/api';
import { type Controller, defineController, done, requeueAfter, type WatchSource } from '@ocm/kube';
import type { WorkAgentContext } from '../context.ts';
import { inParallel } from '../in-parallel.ts';
import { idOf, kindOf, resourceKey } from '../manifest/resource-id.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import { writeStatus } from '../source/write-status.ts';
import { deletionGraceMs } from './deletion-grace.ts';
import { reviewStatus } from './review-status.ts';
import { sight } from './sighting.ts';

/** The random factor of the sync interval goes from 1.0 to this (work 11.1). */
const LONGEST_FACTOR = 1.9;
/** A pass that does not come, or that fails before it reports, keeps nobody waiting for longer. */
const DUE_MS = 5000;
/** Most passes are over after this. */
const IN_HAND_MS = 100;

/**
 * The status loop (work 11.1): looks at the objects of a work and reports what has become of them.
 *
 * @param changes names of works of which an object has changed
 */
export function statusController(context: WorkAgentContext, changes: WatchSource): Controller {
  const { source, reader, inspector, due, inHand, workers, intervals, clock, random } = context;
  return defineController({
    name: 'AvailableStatusController',
    workers,
    watches: [source.events(({ object }) => object.metadata.name), changes],
    async reconcile(name, signal) {
      const work = source.get(name);
      if (work === undefined) inspector.forget(name);
      if (work === undefined || !isReportable(work)) return done();
      const graceMs = deletionGraceMs(work, { syncMs: intervals.statusSyncMs, now: clock.now() });
      if (graceMs > 0) return requeueAfter(graceMs);
      if (due.has(name)) return requeueAfter(DUE_MS); // its pass reports, and brings the key back
      // A pass that is under way reports as well; what it has not seen any more is looked at when it is over.
      if (inHand.has(name)) return requeueAfter(IN_HAND_MS);
      await reviewWork(work, context, signal);
      // What is watched reports by itself; the loop is a safety net then.
      const intervalMs = isWatched(work, reader) ? intervals.applyResyncMs : intervals.statusSyncMs;
      return requeueAfter(intervalMs * (1 + random() * (LONGEST_FACTOR - 1)));
    },
  });
}

async function reviewWork(
  work: ManifestWork,
  { source, reader, inspector, clock }: WorkAgentContext,
  signal: AbortSignal,
): Promise<void> {
  const entries = entriesOf(work);
  const sightings = await inParallel(entries, ({ resourceMeta: meta }) =>
    sight({ work, meta }, { reader, inspector, signal }),
  );
  const byEntry = new Map(entries.map((entry, index) => [keyOf(entry), sightings[index]]));
  const { generation = 0 } = work.metadata;
  const now = clock.now();
  // After a conflict the list of entries may be another one.
  const next = (seen: ManifestWork) =>
    reviewStatus({
      status: seen.status ?? {},
      sightings: entriesOf(seen).map((entry) => byEntry.get(keyOf(entry))),
      configs: seen.spec?.manifestConfigs,
      generation,
      now,
    });
  await writeStatus(source, { work, next }, signal);
}

function entriesOf({ status }: ManifestWork): readonly ManifestStatus[] {
  return status?.resourceStatus?.manifests ?? [];
}

function keyOf({ resourceMeta }: ManifestStatus): string {
  return `${resourceKey(resourceMeta)} ${resourceMeta.version ?? ''}`;
}

function isWatched(work: ManifestWork, reader: ObjectReader): boolean {
  return entriesOf(work).every(({ resourceMeta }) => reader.follows(kindOf(resourceMeta), idOf(resourceMeta)));
}

function isReportable(work: ManifestWork): boolean {
  return (
    hasFinalizer(work, finalizers.work) &&
    findCondition(work.status?.conditions, workConditions.applied.type) !== undefined
  );
}
