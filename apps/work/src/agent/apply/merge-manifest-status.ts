import {
  type Condition,
  type ConditionUpdate,
  findCondition,
  type ManifestResourceMeta,
  type ManifestStatus,
  removeCondition,
  setCondition,
} from '@ocm/api';
import { resourceKey } from '../manifest/resource-id.ts';

/** What a pass says about one manifest. */
export interface ManifestUpdate {
  readonly meta: ManifestResourceMeta;
  readonly condition: ConditionUpdate;
}

/**
 * The new list of manifest entries (work 7.9). An entry keeps the feedback values and the other conditions of the old entry for the same
 * resource: the one at the same place, or else the only one.
 */
export function mergeManifestStatuses(
  old: readonly ManifestStatus[],
  updates: readonly ManifestUpdate[],
  now: Date,
): readonly ManifestStatus[] {
  const byPlace = new Map(old.map((entry) => [placeKey(entry.resourceMeta), entry]));
  const byIdentity = uniqueBy(old, ({ resourceMeta }) => identityKey(resourceMeta));
  return updates.map(({ meta, condition }) => {
    const before = byPlace.get(placeKey(meta)) ?? byIdentity.get(identityKey(meta));
    return {
      ...before,
      resourceMeta: meta,
      conditions: setGenerationCondition(before?.conditions ?? [], condition, now),
    };
  });
}

/**
 * As `setCondition`, except that a condition of another generation is removed and added anew, with a new transition time. This holds for
 * conditions of manifests only (work 7.9, 22).
 */
export function setGenerationCondition(
  conditions: readonly Condition[],
  next: ConditionUpdate,
  now: Date,
): readonly Condition[] {
  const present = findCondition(conditions, next.type);
  const isStale = present !== undefined && present.observedGeneration !== next.observedGeneration;
  return setCondition(isStale ? removeCondition(conditions, next.type) : conditions, next, now);
}

function placeKey(meta: ManifestResourceMeta): string {
  return `${meta.ordinal} ${identityKey(meta)}`;
}

function identityKey(meta: ManifestResourceMeta): string {
  return `${resourceKey(meta)} ${meta.version ?? ''} ${meta.kind ?? ''}`;
}

/** The items by key, without those that share theirs with another. */
function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  const groups = Map.groupBy(items, keyOf);
  const unique = [...groups].flatMap(([key, [first, ...others]]) =>
    first !== undefined && others.length === 0 ? [[key, first] as const] : [],
  );
  return new Map(unique);
}
