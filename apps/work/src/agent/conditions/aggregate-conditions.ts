import {
  type Condition,
  conditionRuleReasons,
  conditionRulesAggregated,
  type ConditionUpdate,
  type ManifestStatus,
  removeCondition,
  setCondition,
  workConditions,
} from '@ocm/api';

/** Whether a condition of a manifest comes from a condition rule. */
export function isFromRule({ reason }: Condition): boolean {
  return reason.startsWith(conditionRuleReasons.prefix);
}

/**
 * The conditions of a work with those that follow from the condition rules of its manifests, and without such that have no rule any more
 * (work 11.6). The same list when nothing changes.
 */
export function withAggregated(
  conditions: readonly Condition[],
  manifests: readonly ManifestStatus[],
  { generation, now }: { readonly generation: number; readonly now: Date },
): readonly Condition[] {
  const fromRules = manifests.flatMap((manifest) => manifest.conditions.filter(isFromRule));
  const byType = Map.groupBy(fromRules, ({ type }) => type);
  const isGone = ({ type, reason }: Condition): boolean => reason === conditionRulesAggregated && !byType.has(type);
  const kept = conditions.filter(isGone).reduce((left, { type }) => removeCondition(left, type), conditions);
  return [...byType].reduce(
    (all, [type, parts]) => setCondition(all, { ...aggregate(type, parts), observedGeneration: generation }, now),
    kept,
  );
}

function aggregate(type: string, parts: readonly Condition[]): ConditionUpdate {
  const [only, ...others] = parts;
  const message =
    only !== undefined && others.length === 0 && only.message !== ''
      ? only.message
      : `Aggregated from ${parts.length} manifest conditions`;
  return { type, status: aggregatedStatus(type, parts), reason: conditionRulesAggregated, message };
}

/** A work is progressing when any manifest is; everything else holds when it holds for all. */
function aggregatedStatus(type: string, parts: readonly Condition[]): Condition['status'] {
  const decisive = type === workConditions.progressing.type ? 'True' : 'False';
  if (parts.some(({ status }) => status === decisive)) return decisive;
  if (parts.some(({ status }) => status === 'Unknown')) return 'Unknown';
  return decisive === 'True' ? 'False' : 'True';
}
