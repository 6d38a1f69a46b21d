import {
  type Condition,
  type ConditionUpdate,
  findCondition,
  manifestConditions,
  type ManifestStatus,
  setCondition,
  workConditions,
} from '@ocm/api';
import type { Sighting } from './sighting.ts';
import type { Stage } from './stage.ts';

/** The condition `Available` of a manifest (work 11.2). */
export const availabilityStage: Stage = {
  readsObject: false,
  review: (entry, { sighting, now }) => {
    const conditions = setCondition(entry.conditions, availableCondition(sighting), now);
    return conditions === entry.conditions ? entry : { ...entry, conditions };
  },
};

function availableCondition(sighting: Sighting): ConditionUpdate {
  const { available, notAvailable, fetchFailed, incompleteMeta } = manifestConditions.available;
  switch (sighting.kind) {
    case 'present':
      return { ...available };
    case 'absent':
      return { ...notAvailable };
    case 'incomplete':
      return { ...incompleteMeta };
    case 'unreadable':
      return { ...fetchFailed, message: `Failed to fetch resource: ${sighting.error.message}` };
  }
}

/** The condition `Available` of a work, from those of its manifests (work 2.2). */
export function workAvailableCondition(manifests: readonly ManifestStatus[], generation: number): ConditionUpdate {
  const { available, notAvailable, unknown } = workConditions.available;
  const found = manifests.flatMap(({ conditions }) => availableOf(conditions) ?? []);
  const count = (status: Condition['status']): number => found.filter((each) => each.status === status).length;
  const common = { observedGeneration: generation };
  if (count('False') > 0) {
    const message = `${count('False')} of ${manifests.length} resources are not available`;
    return { ...notAvailable, ...common, message };
  }
  if (count('Unknown') > 0) {
    const message = `${count('Unknown')} of ${manifests.length} resources have unknown status`;
    return { ...unknown, ...common, message };
  }
  if (found.length === 0) return { ...unknown, ...common, message: 'cannot get any available resource ' };
  return { ...available, ...common };
}

function availableOf(conditions: readonly Condition[]): Condition | undefined {
  return findCondition(conditions, manifestConditions.available.type);
}
