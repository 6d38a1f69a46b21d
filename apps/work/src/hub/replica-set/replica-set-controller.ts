import {
  finalizers,
  hasFinalizer,
  isDeleting,
  labels,
  type ManifestWork,
  type ManifestWorkReplicaSet,
  type Placement,
  semanticEqual,
  withFinalizer,
} from '@ocm/api';
import { type Controller, defineController, done, keyOf, type ObjectEvent, refOf } from '@ocm/kube';
import { type ManagerContext, placementOfSlice } from '../manager-context.ts';
import { tracedLog } from '../../traced-log.ts';
import { deploy } from './deploy.ts';
import { replicaSetKey } from './desired-work.ts';
import { StatusSpacing } from './status-spacing.ts';
import { tearDown } from './tear-down.ts';

/** Keeps for every replica set one work per cluster that its Placements choose, as its rollout strategies say (work 12). */
export function replicaSetController(context: ManagerContext): Controller {
  const { sets, placements, slices, works, clock, intervals } = context;
  const spacing = new StatusSpacing({ clock, spacingMs: intervals.statusSpacingMs });
  const setsOf = (placement: string): readonly string[] => sets.cache.by('placement', placement).map(keyOf);
  return defineController({
    name: 'ManifestWorkReplicaSetController', // contract: queue name in metrics
    watches: [
      sets.cache.events((event) => (isIdle(event, whatSetsSay) ? undefined : keyOf(event.object)), {
        // What has failed before may succeed now: whoever deletes a set whose works are refused need not wait for a quarter of an hour.
        resetBackoff: ({ type }) => type === 'updated',
      }),
      works.owned.events((event) => (isIdle(event, whatWorksSay) ? undefined : ownersOf(event))),
      placements.cache.events((event) => (isIdle(event, whatPlacementsSay) ? undefined : setsOf(keyOf(event.object)))),
      slices.cache.events((event) =>
        bothSides(event)
          .flatMap((slice) => placementOfSlice(slice))
          .flatMap((placement) => setsOf(placement)),
      ),
    ],
    async reconcile(key, signal) {
      const set = sets.cache.get(refOf(key));
      if (set === undefined) {
        spacing.forget(key);
        return done();
      }
      const log = tracedLog(context.log, set);
      if (isDeleting(set)) return tearDown({ ...context, log }, set, signal);
      if (hasFinalizer(set, finalizers.replicaSet)) return deploy({ ...context, log, spacing }, set, signal);
      const wanted = withFinalizer(set.metadata.finalizers, finalizers.replicaSet);
      await sets.live.patchMetadata(set, { finalizers: wanted }, { signal });
      return done(); // its event continues
    },
  });
}

/** Whether an update changes nothing that anybody here looks at. */
function isIdle<T>(event: ObjectEvent<T>, whatItSays: (object: T) => unknown): boolean {
  return event.type === 'updated' && semanticEqual(whatItSays(event.object), whatItSays(event.previous));
}

function whatSetsSay({ metadata, spec }: ManifestWorkReplicaSet): unknown {
  const { uid, labels: own, finalizers: held, deletionTimestamp } = metadata;
  return { uid, labels: own, held, deletionTimestamp, spec };
}

function whatWorksSay({ metadata, spec, status }: ManifestWork): unknown {
  const { uid, generation, labels: own, deletionTimestamp } = metadata;
  return { uid, generation, labels: own, deletionTimestamp, spec, conditions: status?.conditions };
}

function whatPlacementsSay({ metadata, status }: Placement): unknown {
  const { numberOfSelectedClusters, decisionGroups } = status ?? {};
  return { uid: metadata.uid, numberOfSelectedClusters, groups: decisionGroups?.length };
}

/** The object and, after an update, what it was before. */
function bothSides<T>(event: ObjectEvent<T>): readonly T[] {
  return event.type === 'updated' ? [event.object, event.previous] : [event.object];
}

/** Keys of the replica sets that the work belongs to, and has belonged to. */
function ownersOf(event: ObjectEvent<ManifestWork>): readonly string[] {
  const owners = bothSides(event).map(({ metadata }) => replicaSetKey(metadata.labels?.[labels.replicaSet] ?? ''));
  return [...new Set(owners.filter((owner) => owner !== undefined))];
}
