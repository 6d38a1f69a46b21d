import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import type { CelAnswer, CelExpression, CompileCel } from '../schedule/cel-expression.ts';
import { compilePredicates, matchesOne } from '../schedule/predicates.ts';
import { ClusterTable } from './cluster-table.ts';
import { sharedExpressions } from './shared-expressions.ts';

/** One shared expression over clusters that are answered by name, and how often each was really evaluated. */
function setUp(answers: Readonly<Record<string, CelAnswer>>) {
  const table = new ClusterTable();
  for (const name of Object.keys(answers)) table.put(aCluster({ name }));
  const asked: string[] = [];
  const compileCel: CompileCel = (text): CelExpression => ({
    text,
    evaluate({ metadata: { name } }) {
      asked.push(name);
      return answers[name] ?? { kind: 'failed', problem: 'no such cluster', cost: 1 };
    },
  });
  const shared = sharedExpressions(compileCel, table);
  const expression = (text: string, costLimit = 1_000_000) => {
    const compiled = shared(text);
    return (name: string): CelAnswer | undefined => {
      const cluster = table.cluster(table.idOf(name) ?? -1);
      return 'problem' in compiled || cluster === undefined ? undefined : compiled.evaluate(cluster, costLimit);
    };
  };
  const evaluate = (name: string, costLimit?: number, text = 'x') => expression(text, costLimit)(name);
  return { table, asked, evaluate, expression };
}

const yes = { kind: 'value', value: true, cost: 5 } as const;

test('an expression is evaluated once for each version of a cluster, whoever asks', () => {
  const { table, asked, evaluate } = setUp({ a: yes, b: { kind: 'value', value: 'text', cost: 2 } });
  expect([evaluate('a'), evaluate('a')]).toEqual([yes, yes]);
  expect([evaluate('b'), evaluate('b')].map((answer) => answer?.kind === 'value' && answer.value === true)).toEqual([
    false,
    false,
  ]);
  expect(asked).toEqual(['a', 'b']);
  table.touch('a');
  evaluate('a');
  expect(asked).toEqual(['a', 'b', 'a']);
});

test('what was affordable once may be too costly for who has less left', () => {
  const { asked, evaluate } = setUp({ a: yes });
  evaluate('a');
  expect(evaluate('a', 4)).toMatchObject({ kind: 'failed' });
  expect(evaluate('a', 5)).toEqual(yes);
  expect(asked).toHaveLength(1);
});

test.each([
  { what: 'failed for want of budget', limit: 10, answer: { kind: 'failed', problem: 'budget', cost: 11 } as const },
  {
    what: 'was interrupted',
    limit: 1_000_000,
    answer: { kind: 'failed', problem: 'too long', cost: 3, isInterrupted: true } as const,
  },
])('an answer that $what is not remembered', ({ limit, answer }) => {
  const { asked, evaluate } = setUp({ a: answer });
  evaluate('a', limit);
  evaluate('a', limit);
  expect(asked).toHaveLength(2);
});

test('what fails for one cluster, or costs it too much, is remembered for that cluster and holds for no other', () => {
  const { asked, evaluate } = setUp({
    a: { kind: 'failed', problem: 'no such key: x', cost: 3 },
    b: yes,
    c: { kind: 'failed', problem: 'CEL evaluation budget exceeded', cost: 1_000_001 },
  });
  for (let round = 0; round < 2; round += 1) ['a', 'b', 'c'].map((name) => evaluate(name));
  expect(evaluate('b')).toEqual(yes);
  expect(asked).toEqual(['a', 'b', 'c']);
});

test('an expression beyond the hundred that are in use, or a long one, is evaluated each time, and displaces none', () => {
  const { asked, evaluate } = setUp({ a: yes });
  const texts = Array.from({ length: 101 }, (_, index) => `x${index}`);
  for (let round = 0; round < 3; round += 1) for (const text of texts) expect(evaluate('a', 10, text)).toEqual(yes);
  expect(asked).toHaveLength(100 + 3);
  const rare = setUp({ a: yes });
  for (let round = 0; round < 2; round += 1) rare.evaluate('a', 10, 'x'.repeat(5000));
  expect(rare.asked).toHaveLength(2);
});

test('an expression takes the place of one that is asked no more, but not for being asked of many clusters', () => {
  const clusters = Array.from({ length: 300 }, (_, index) => `c${index}`);
  const { table, asked, evaluate, expression } = setUp(Object.fromEntries(clusters.map((name) => [name, yes])));
  const old = Array.from({ length: 100 }, (_, index) => `old${index}`);
  for (const text of old) evaluate('c0', 10, text);
  const ask = expression('new');
  const pass = (): number => {
    asked.length = 0;
    table.touch('c299');
    for (const name of clusters) ask(name);
    return asked.length;
  };
  expect(pass()).toBe(300);
  evaluate('c0', 10, 'old0');
  expect(asked).toHaveLength(300);
  const lengths = Array.from({ length: 110 }, pass);
  expect(lengths.slice(0, 90).every((length) => length === 300)).toBe(true);
  expect(lengths.slice(-3)).toEqual([1, 1, 1]);
});

test('[placement 37] an expression that does not compile is reported as it is', () => {
  const problem = "compilation failed: ERROR: <input>:1:1: undeclared reference to 'x'";
  const shared = sharedExpressions(() => ({ kind: 'invalid', problem }), new ClusterTable());
  const predicates = [{ requiredClusterSelector: { celSelector: { celExpressions: ['x'] } } }];
  expect(compilePredicates(predicates, shared)).toMatchObject({ kind: 'misconfigured', message: problem });
});

const costly: CompileCel = (text) => ({ text, evaluate: () => ({ kind: 'value', value: true, cost: 900_000 }) });

test('expressions of one predicate share its budget, also when the answers are remembered', () => {
  const { table } = setUp({ a: yes });
  const shared = sharedExpressions(costly, table);
  const predicatesOf = (count: number) =>
    compilePredicates(
      [{ requiredClusterSelector: { celSelector: { celExpressions: Array.from({ length: count }, () => 'x') } } }],
      shared,
    );
  const cluster = table.cluster(table.idOf('a') ?? -1) ?? aCluster();
  for (const [count, matches] of [
    [11, true],
    [12, false],
    [11, true],
  ] as const) {
    const predicates = predicatesOf(count);
    expect(predicates.kind === 'compiled' && matchesOne(predicates, cluster)).toBe(matches);
  }
});
