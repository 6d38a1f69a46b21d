import type { Condition } from '@ocm/api';
import { setGenerationCondition } from '../apply/merge-manifest-status.ts';
import { isFromRule } from '../conditions/aggregate-conditions.ts';
import type { Stage } from './stage.ts';

/** Conditions by the condition rules of a manifest (work 11.5). Those whose rule is gone go with the next generation. */
export const ruleConditionsStage: Stage = {
  readsObject: true,
  review: (entry, { sighting, options, generation, now }) => {
    const found = sighting.kind === 'present' ? sighting.findings?.conditions.conditions : undefined;
    if (found === undefined && options.conditionRules.length > 0) return entry;
    const set = (found ?? []).reduce<readonly Condition[]>(
      (all, each) => setGenerationCondition(all, { ...each, observedGeneration: generation }, now),
      entry.conditions,
    );
    const isStale = (each: Condition): boolean => isFromRule(each) && each.observedGeneration !== generation;
    const conditions = set.some(isStale) ? set.filter((each) => !isStale(each)) : set;
    return conditions === entry.conditions ? entry : { ...entry, conditions };
  },
};
