import { describe, expect, test } from '@jest/globals';
import type { ConditionRule } from '@ocm/api';
import * as cel from '@ocm/cel';
import type { AnyObject } from '../manifest/any-object.ts';
import { evaluateConditions } from './evaluate-conditions.ts';
import { ruleExpressions } from './rule-expressions.ts';

const begin = ruleExpressions(cel, { processorMs: () => 0, wallMs: () => 0 });
const OBJECT = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data: { phase: 'done', count: '3' },
} as unknown as AnyObject;

/** A clock that goes on by so much each time that somebody looks. */
function afterLooks(ms: number): () => number {
  let elapsedMs = 0;
  return () => (elapsedMs += ms);
}

const evaluate = (rule: Partial<ConditionRule>, object: AnyObject = OBJECT) =>
  evaluateConditions([{ type: 'CEL', condition: 'Good', ...rule }], object, begin());
const first = (rule: Partial<ConditionRule>, object?: AnyObject) => {
  const { type, status, reason, message } = evaluate(rule, object).conditions[0] ?? {};
  return [type, status, reason, message];
};

describe('CEL rules', () => {
  test.each<[readonly string[], string, string]>([
    [['object.data.phase == "done"'], 'True', 'Manifest is Good'],
    [['true', 'object.data.phase == "new"', 'missing'], 'False', 'Manifest is not Good'],
    [[], 'True', 'Manifest is Good'],
  ])('%j', (celExpressions, status, message) => {
    expect(first({ celExpressions })).toEqual(['Good', status, 'ConditionRuleEvaluated', message]);
  });

  test('[work 54] an undeclared name is an error of the expression', () => {
    const [, status, reason, message] = first({ celExpressions: ['nobody.data == 1'] });
    expect([status, reason]).toEqual(['False', 'ConditionRuleExpressionError']);
    expect(message).toContain("undeclared reference to 'nobody'");
  });

  test.each([
    ['object.data.missing == "x"', 'no such key: missing'],
    ['object.data.phase', 'expected bool result, got string'],
    ['dyn(1)', 'expected bool result, got int'],
    ['lists.range(2000).all(a, lists.range(2000).all(b, a + b >= 0))', 'CEL evaluation budget exceeded'],
  ])('%s fails', (expression, message) => {
    const rule = { celExpressions: [expression.replaceAll('lists.range(2000)', `[${Array(2000).fill(0).join(',')}]`)] };
    expect(first(rule)).toEqual(['Good', 'False', 'ConditionRuleExpressionError', message]);
  });

  test('a text that is no pattern cannot be built', () => {
    const [, status, reason] = first({ celExpressions: ['object.data.phase.matches("(")'] });
    expect([status, reason]).toEqual(['Unknown', 'ConditionRuleInternalError']);
  });

  test('all rules of a manifest share the budget', () => {
    const big = `[${Array(900).fill(0).join(',')}]`;
    const costly = `${big}.all(a, ${big}.all(b, b >= 0))`;
    const rules = Array.from({ length: 12 }, (_, index) => ({
      type: 'CEL' as const,
      condition: `C${index}`,
      celExpressions: [costly],
    }));
    const messages = evaluateConditions(rules, OBJECT, begin()).conditions.map(({ message }) => message);
    expect(messages).toContain('CEL evaluation budget exceeded');
  });

  test.each([
    ['too much processor time', { processorMs: afterLooks(400), wallMs: () => 0 }, 'operation interrupted'],
    ['too much time in all', { processorMs: () => 0, wallMs: afterLooks(2000) }, 'operation interrupted'],
    ['little of both', { processorMs: afterLooks(0.1), wallMs: afterLooks(0.1) }, 'Manifest is Slow'],
  ])('a pass that takes %s', (_what, elapsed, message) => {
    const slow = ruleExpressions(cel, elapsed);
    const list = `[${Array(900).fill(0).join(',')}]`;
    const rule = { type: 'CEL' as const, condition: 'Slow', celExpressions: [`${list}.all(a, a == 0)`] };
    expect(evaluateConditions([rule], OBJECT, slow()).conditions[0]?.message).toBe(message);
  });
});

describe('messages', () => {
  const good = { celExpressions: ['object.data.phase == "done"'] };
  test.each<[Partial<ConditionRule>, string]>([
    [{ ...good, message: 'as it should be' }, 'as it should be'],
    [
      { ...good, message: 'unused', messageExpression: '"phase " + object.data.phase + (result ? "!" : "?")' },
      'phase done!',
    ],
    [{ ...good, message: 'used', messageExpression: '""' }, 'used'],
    [{ ...good, messageExpression: 'object.data.missing' }, 'no such key: missing'],
    [{ ...good, messageExpression: '1' }, 'expected string result, got int'],
  ])('%j', (rule, message) => {
    expect(first(rule)).toEqual(['Good', 'True', 'ConditionRuleEvaluated', message]);
  });

  test('of a wrong message expression the first line is told', () => {
    const [, status, , message] = first({ ...good, messageExpression: 'nobody' });
    expect(status).toBe('True');
    expect(message).toMatch(/^ERROR: .*undeclared reference to 'nobody'[^\n]*$/);
  });

  test('a message that the schema would refuse is cut', () => {
    const { message } = evaluate({ message: 'x'.repeat(40_000) }).conditions[0] ?? {};
    expect(message).toHaveLength(32_768);
  });
});

const job = (conditions: readonly object[]) =>
  ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, status: { conditions } }) as unknown as AnyObject;

describe('well-known conditions', () => {
  const rule = { type: 'WellKnownConditions', condition: 'Complete' } as const;

  test.each([
    [[], 'False', 'Job is not finished'],
    [[{ type: 'Complete', status: 'True' }], 'True', 'Job is finished'],
    [[{ type: 'Failed', status: 'True' }], 'True', 'Job is finished'],
    [[{ type: 'Failed', status: 'False' }], 'False', 'Job is not finished'],
  ])('[work 52] Job with %j', (conditions, status, message) => {
    expect(first(rule, job(conditions))).toEqual(['Complete', status, 'ConditionRuleEvaluated', message]);
  });

  test('messages of the rule win, its expressions do not matter', () => {
    const [, status, , message] = first({ ...rule, message: 'mine', celExpressions: ['true'] }, job([]));
    expect([status, message]).toEqual(['False', 'mine']);
  });

  test.each(['Unheard', 'constructor'])('[work 53] %s is not known, so there is no condition', (condition) => {
    expect(evaluate({ ...rule, condition }, job([]))).toEqual({ conditions: [], refused: [] });
    expect(evaluate({ ...rule }, OBJECT).conditions).toEqual([]);
  });
});

test('without rules nothing is said, not even of a Job that is finished', () => {
  const finished = job([{ type: 'Complete', status: 'True' }]);
  expect(evaluateConditions([], finished, begin())).toEqual({ conditions: [], refused: [] });
});

test.each(['two words', '', 'x'.repeat(317), 'Applied', 'Available', 'StatusFeedbackSynced', 'Deleting', 'Deleted'])(
  'a rule named %j is refused',
  (condition) => {
    expect(evaluate({ condition })).toEqual({ conditions: [], refused: [condition] });
  },
);

test('an unknown type of rule is said to be unknown', () => {
  expect(first({ type: 'Magic' as 'CEL' })).toEqual([
    'Good',
    'Unknown',
    'ConditionRuleInvalid',
    'unrecognized condition rule type Magic',
  ]);
});
