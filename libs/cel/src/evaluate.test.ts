import { describe, expect, test } from '@jest/globals';
import { answer, costOf } from '../test/answer.ts';
import { compile, type Program } from './compile.ts';
import { conditionRuleEnvironment } from './environments/condition-rules.ts';
import { costBudget, evaluate } from './evaluate.ts';

const object = { a: 1, s: 'abc', long: 'x'.repeat(95), l: [1, 2], m: { k: 'v' } };

function compiled(source: string): Program {
  const compilation = compile(source, conditionRuleEnvironment);
  if (compilation.kind !== 'compiled') throw new Error(`${source}: ${JSON.stringify(compilation)}`);
  return compilation.program;
}

describe('cost (placement 5.4.6)', () => {
  test.each([
    ['1', 0],
    ['object', 1],
    ['object.a', 2],
    ['object["a"]', 2],
    ['object.l[0]', 3],
    ['object.l[object.a]', 5],
    ['has(object.a)', 2],
    ['object.?a', 2],
    ['dyn(object).a', 4],
    ['object.a + 1', 3],
    ['-object.a', 3],
    ['!true', 1],
    ['true && false || true', 0],
    ['object.a > 0 && object.a < 2', 6],
    ['true ? 1 : 2', 0],
    ['object.s == "abc"', 3],
    ['object.long == object.long', 14],
    ['object.long == "a"', 3],
    ['object.long < object.long', 14],
    ['object.long + object.long', 23],
    ['[1, 2]', 10],
    ['{"a": 1}', 30],
    ['[[1], {"a": 2}]', 50],
    ['[1, 2][0]', 12],
    ['2 in object.l', 4],
    ['"k" in object.m', 3],
    ['size(object.long)', 3],
    ['object.long.contains("x")', 12],
    ['object.long.startsWith("x")', 12],
    ['object.long.matches("x+y+z+")', 22],
    ['object.long.find("x+y+z+")', 22],
    ['object.long.lowerAscii()', 12],
    ['object.long.split(",")', 21],
    ['object.long.replace("x", "y")', 21],
    ['object.l.sum()', 4],
    ['object.l.indexOf(2)', 4],
    ['int("1")', 1],
    ['timestamp("2024-01-01T00:00:00Z").getHours()', 2],
    ['semver("1.2.3").major()', 2],
    ['quantity("1Gi").isGreaterThan(quantity("1G"))', 3],
    ['url("https://example.com/").getHost()', 3],
    ['ip("10.0.0.1").family()', 2],
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', 3],
    ['cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16")', 6],
    ['format.uuid().validate("x")', 19],
    ['"%s".format(["abc"])', 11],
    ['[1, 2, 3].all(x, x == 1)', 23],
    ['[1, 2, 3].exists(x, x == 2)', 26],
    ['[1, 2, 3].exists_one(x, x == 2)', 20],
    ['[1, 2, 3].filter(x, x == 1)', 40],
    ['[1, 2, 3].map(x, x)', 60],
    ['[1, 2, 3].map(x, x == 1, x)', 40],
    ['{"a": 1, "b": 2}.map(k, k)', 67],
    ['optional.of(1).optMap(x, x + 1)', 17],
    ['optional.of(1).optFlatMap(x, optional.of(x))', 16],
    ['optional.none().optMap(x, x + 1)', 3],
    ['optional.of(1).orValue(2)', 1],
  ])('of %s is %d', (expression, cost) => {
    expect(costOf(expression, { object }, conditionRuleEnvironment)).toBe(cost);
  });

  test.each([
    ['counted repetition', 'object.long.matches("x{1000}")', 1000],
    ['a pattern that only the evaluation knows', 'object.long.matches("x" + "y")', 80],
    ['a comparison that goes deep', '[[object.long, object.long]] == [[object.long, object.long]]', 60],
    ['replacing everything by something long', 'object.long.replace("", object.long)', 900],
    ['writing much', '"%s%s%s".format([object.long, object.long, object.long])', 30],
  ])('of %s grows with the work', (_, expression, least) => {
    expect(costOf(expression, { object }, conditionRuleEnvironment)).toBeGreaterThan(least);
  });
});

describe('budget', () => {
  test('an evaluation may cost what the budget allows for one, not more', () => {
    const program = compiled('object.l.all(x, x > 0)');
    const cost = costOf('object.l.all(x, x > 0)', { object }, conditionRuleEnvironment);
    expect(evaluate(program, { object }, costBudget({ perEvaluation: cost })).kind).toBe('value');
    expect(evaluate(program, { object }, costBudget({ perEvaluation: cost - 1 }))).toMatchObject({
      kind: 'budget-exceeded',
      error: 'CEL evaluation budget exceeded',
    });
  });

  test('evaluations that share a budget use it up', () => {
    const program = compiled('object.a == 1');
    const budget = costBudget({ remaining: 7 });
    expect(evaluate(program, { object }, budget)).toEqual({ kind: 'value', value: true, cost: 3 });
    expect(evaluate(program, { object }, budget).kind).toBe('value');
    expect(budget.remaining).toBe(1);
    expect(evaluate(program, { object }, budget).kind).toBe('budget-exceeded');
    expect(budget.remaining).toBe(0);
  });

  test('the default is a million for one and ten million for all', () => {
    expect(costBudget()).toEqual({ perEvaluation: 1_000_000, remaining: 10_000_000 });
  });

  test('no part of an expression can go on after the budget is used up', () => {
    const program = compiled('object.l.all(x, x > 0) || true');
    expect(evaluate(program, { object }, costBudget({ perEvaluation: 5 })).kind).toBe('budget-exceeded');
  });
});

describe('interruption', () => {
  const program = compiled('object.l.all(x, object.l.all(y, x + y >= 0))');
  const long = { object: { l: Array.from({ length: 60 }, (_, index) => index) } };

  test('is asked for every 100 iterations, of all loops together', () => {
    let asked = 0;
    const isInterrupted = (): boolean => {
      asked += 1;
      return false;
    };
    expect(evaluate(program, long, costBudget({ isInterrupted })).kind).toBe('value');
    expect(asked).toBe(36); // 60 + 60 * 60 iterations
  });

  test('ends an evaluation within its loops', () => {
    let asked = 0;
    const isInterrupted = (): boolean => (asked += 1) === 3;
    const result = evaluate(program, long, costBudget({ isInterrupted }));
    expect(result).toMatchObject({ kind: 'interrupted', error: 'operation interrupted' });
    expect(result.cost).toBeLessThan(
      costOf('object.l.all(x, object.l.all(y, x + y >= 0))', long, conditionRuleEnvironment) / 10,
    );
  });
});

describe('variables', () => {
  test('one that is not given is an error where it is used', () => {
    expect(answer('object.a == 1', {})).toBe('error: no such attribute(s): object');
    expect(answer('true || object.a == 1', {})).toBe('true');
  });

  test('a program keeps nothing from one evaluation to the next', () => {
    const program = compiled('object.l.map(x, x + object.a)');
    const first = evaluate(program, { object: { a: 1, l: [1] } }, costBudget());
    evaluate(program, { object: { a: 2, l: [] } }, costBudget());
    expect(evaluate(program, { object: { a: 1, l: [1] } }, costBudget())).toEqual(first);
  });

  test('a frozen document is read like any other', () => {
    expect(answer('object.l.map(x, x * 2)', { object: Object.freeze({ l: Object.freeze([1]) }) })).toBe('[2]');
  });
});
