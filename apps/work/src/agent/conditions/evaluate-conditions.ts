import {
  conditionRuleReasons,
  type ConditionRule,
  type ConditionUpdate,
  LONGEST_CONDITION_MESSAGE,
  manifestConditions,
  workConditions,
} from '@ocm/api';
import type { AnyObject } from '../manifest/any-object.ts';
import type { RuleExpressions } from './rule-expressions.ts';
import { wellKnownCondition } from './well-known-conditions.ts';

/** What the condition rules of a manifest come to for its object. */
export interface ConditionsReport {
  readonly conditions: readonly ConditionUpdate[];
  /** Names of rules that cannot be the type of a condition. */
  readonly refused: readonly string[];
}

/** As the schema of works has it: another type would have the whole status refused (work 2.6). */
const CONDITION_TYPE =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/;
const LONGEST_TYPE = 316;

/** Conditions that the agent writes itself, of manifests or of works. A rule of that name would take turns with it (work 22). */
const OWN_TYPES: ReadonlySet<string> = new Set([
  manifestConditions.applied.type,
  manifestConditions.available.type,
  manifestConditions.statusFeedbackSynced.type,
  workConditions.deleting.type,
  workConditions.deleted.type,
]);

const { evaluated, invalid, expressionError, internalError } = conditionRuleReasons;

/** Evaluates condition rules (work 11.5), without generation: that of the work is added by whoever writes them. */
export function evaluateConditions(
  rules: readonly ConditionRule[],
  object: AnyObject,
  expressions: RuleExpressions,
): ConditionsReport {
  const [accepted, refused] = [rules.filter(isLegal), rules.filter((rule) => !isLegal(rule))];
  const conditions = accepted.flatMap((rule) => evaluateRule(rule, object, expressions) ?? []);
  return {
    // They are remembered, so nothing is kept that no condition can hold.
    conditions: conditions.map((each) => ({ ...each, message: each.message.slice(0, LONGEST_CONDITION_MESSAGE) })),
    refused: refused.map(({ condition }) => condition),
  };
}

/** Whether any rule of the list needs expressions. */
export function hasExpressions(rules: readonly ConditionRule[]): boolean {
  return rules.some(({ type, messageExpression = '' }) => type === 'CEL' || messageExpression !== '');
}

function isLegal({ condition }: ConditionRule): boolean {
  return condition.length <= LONGEST_TYPE && CONDITION_TYPE.test(condition) && !OWN_TYPES.has(condition);
}

function evaluateRule(
  rule: ConditionRule,
  object: AnyObject,
  expressions: RuleExpressions,
): ConditionUpdate | undefined {
  switch (rule.type) {
    case 'CEL':
      return byExpressions(rule, object, expressions);
    case 'WellKnownConditions': {
      const judge = wellKnownCondition(rule.condition, object);
      if (judge === undefined) return undefined;
      const { holds, message } = judge(object);
      return judged({ rule, holds, otherwise: message }, object, expressions);
    }
    default: {
      const { condition, type } = rule as { readonly condition: string; readonly type: string };
      return {
        type: condition,
        status: 'Unknown',
        reason: invalid,
        message: `unrecognized condition rule type ${type}`,
      };
    }
  }
}

/** The first expression that is not true decides. */
function byExpressions(rule: ConditionRule, object: AnyObject, expressions: RuleExpressions): ConditionUpdate {
  const { condition: type, celExpressions = [] } = rule;
  for (const source of celExpressions) {
    const result = expressions.rule(source, object);
    if (result.kind === 'unbuildable')
      return { type, status: 'Unknown', reason: internalError, message: result.problem };
    if (result.kind === 'error') return { type, status: 'False', reason: expressionError, message: result.problem };
    if (typeof result.value !== 'boolean') {
      const message = `expected bool result, got ${result.type}`;
      return { type, status: 'False', reason: expressionError, message };
    }
    if (!result.value) return judged({ rule, holds: false }, object, expressions);
  }
  return judged({ rule, holds: true }, object, expressions);
}

interface Verdict {
  readonly rule: ConditionRule;
  readonly holds: boolean;
  /** The message when the rule has none; by default one about the condition. */
  readonly otherwise?: string;
}

function judged({ rule, holds, otherwise }: Verdict, object: AnyObject, expressions: RuleExpressions): ConditionUpdate {
  const { condition: type, message, messageExpression = '' } = rule;
  const computed =
    messageExpression === '' ? '' : computedMessage(expressions.message(messageExpression, object, holds));
  const standard = otherwise ?? (holds ? `Manifest is ${type}` : `Manifest is not ${type}`);
  return { type, status: holds ? 'True' : 'False', reason: evaluated, message: computed || message || standard };
}

/** Of a report about a wrong expression the first line says it all; the rest shows the source. */
function computedMessage(result: ReturnType<RuleExpressions['message']>): string {
  if (result.kind !== 'value') return result.problem.split('\n', 1)[0] ?? '';
  return typeof result.value === 'string' ? result.value : `expected string result, got ${result.type}`;
}
