import type { ClusterPredicate } from '@ocm/api';
import { aCluster } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { fewWords } from '../../test/placement-world.ts';
import type { CelAnswer, CompileCel } from './cel-expression.ts';
import { measureBy, type MeasuredStep } from './measure.ts';
import { compilePredicates, matchesOne, type Predicates } from './predicates.ts';

const cluster = aCluster({ name: 'c1', labels: { cloud: 'b' }, claims: { region: 'east', odd: 'not a label value!' } });

function compiled(predicates: readonly ClusterPredicate[], compileCel: CompileCel = fewWords): Predicates {
  const outcome = compilePredicates(predicates, compileCel);
  if (outcome.kind === 'misconfigured') throw new Error(outcome.message);
  return outcome;
}

const predicate = (...selectors: readonly object[]): ClusterPredicate => ({
  requiredClusterSelector: Object.assign({}, ...selectors) as NonNullable<ClusterPredicate['requiredClusterSelector']>,
});
const label = (value: string): object => ({ labelSelector: { matchLabels: { cloud: value } } });
const claim = (operator: string, key: string, ...values: readonly string[]): object => ({
  claimSelector: { matchExpressions: [{ key, operator, values }] },
});
const cel = (...celExpressions: readonly string[]): object => ({ celSelector: { celExpressions } });

const failure = (...parts: readonly object[]): unknown => compiled([predicate(...parts)]).predicates[0]?.(cluster);

describe('predicates', () => {
  test.each([
    { what: 'none', predicates: [], want: true },
    { what: 'an empty one', predicates: [{}], want: true },
    {
      what: 'empty selectors',
      predicates: [predicate({ labelSelector: {}, claimSelector: {}, celSelector: {} })],
      want: true,
    },
    { what: 'null selectors', predicates: [predicate({ labelSelector: null, claimSelector: null })], want: true },
    { what: 'a label', predicates: [predicate(label('b'))], want: true },
    { what: 'another label', predicates: [predicate(label('a'))], want: false },
    { what: 'a claim', predicates: [predicate(claim('In', 'region', 'east', 'west'))], want: true },
    { what: 'another claim', predicates: [predicate(claim('In', 'region', 'west'))], want: false },
    { what: 'an odd claim by its name', predicates: [predicate(claim('Exists', 'odd'))], want: true },
    { what: 'label and claim', predicates: [predicate(label('b'), claim('In', 'region', 'west'))], want: false },
    { what: 'the second of two', predicates: [predicate(label('a')), predicate(label('b'))], want: true },
    { what: 'an expression', predicates: [predicate(cel('true', 'name=c1'))], want: true },
    { what: 'a false expression', predicates: [predicate(cel('true', 'false'))], want: false },
    { what: 'a failing expression', predicates: [predicate(cel('error'))], want: false },
    { what: 'an expression that gives a text', predicates: [predicate(cel('text'))], want: false },
  ])('$what: $want', ({ predicates, want }) => {
    expect(matchesOne(compiled(predicates), cluster)).toBe(want);
  });

  test('of two claims with the same name the last one counts', () => {
    const twice = {
      ...cluster,
      status: {
        clusterClaims: [
          { name: 'region', value: 'west' },
          { name: 'region', value: 'east' },
        ],
      },
    };
    const { predicates } = compiled([predicate(claim('In', 'region', 'east'))]);
    expect(predicates[0]?.(twice)).toBeUndefined();
  });

  test('say what does not hold, labels before claims before expressions', () => {
    expect(failure(label('a'), claim('Exists', 'zone'), cel('false'))).toEqual({
      kind: 'label',
      requirement: { key: 'cloud', operator: 'In', values: ['a'] },
      actual: 'b',
    });
    expect(failure(claim('Exists', 'zone'), cel('false'))).toMatchObject({ kind: 'claim', actual: undefined });
    expect(failure(cel('true', 'error', 'false'))).toEqual({
      kind: 'expression',
      text: 'error',
      answer: { kind: 'failed', problem: 'no such key: x', cost: 1 },
    });
  });

  test('the expressions of one predicate share a budget, from which each gets at most a million', () => {
    const limits: number[] = [];
    const costly: CompileCel = (text) => ({
      text,
      evaluate(_subject, costLimit): CelAnswer {
        limits.push(costLimit);
        return { kind: 'value', value: true, cost: 990_000 };
      },
    });
    const expressions = Array.from({ length: 11 }, (_, index) => `e${index}`);
    expect(matchesOne(compiled([predicate(cel(...expressions))], costly), cluster)).toBe(true);
    expect(limits.slice(0, 10).every((limit) => limit === 1_000_000)).toBe(true);
    expect(limits[10]).toBe(100_000);
  });

  test.each([
    { what: 'cheap', cost: 5, texts: ['true', 'name=c1', 'false'], steps: 1 },
    { what: 'costly', cost: 500_000, texts: ['true', 'name=c1', 'false'], steps: 3 },
    { what: 'costly together', cost: 6000, texts: ['true', 'name=c1', 'true', 'true', 'false'], steps: 3 },
    { what: 'costly, until one is false', cost: 500_000, texts: ['true', 'false', 'true'], steps: 2 },
  ])('expressions are worked out in steps that are measured as one: $what', ({ cost, texts, steps }) => {
    const at: CompileCel = (text) => {
      const expression = fewWords(text);
      return 'problem' in expression
        ? expression
        : { text, evaluate: (...asked) => ({ ...expression.evaluate(...asked), cost }) };
    };
    const measured: MeasuredStep[] = [];
    const measure = measureBy(
      () => 0,
      (step) => measured.push(step),
    );
    const outcome = compilePredicates([predicate(cel(...texts))], at, measure);
    const [first] = outcome.kind === 'compiled' ? outcome.predicates : [];
    const walk = first?.inSteps?.(cluster);
    const taken = Array.from({ length: steps }, () => walk?.next());
    expect(taken.map((step) => step?.done)).toEqual([...Array.from({ length: steps - 1 }, () => false), true]);
    expect(measured).toEqual([{ kind: 'cel' }]);
    expect(taken.at(-1)?.value).toEqual(first?.(cluster));
    expect(first?.(cluster)).toMatchObject({ kind: 'expression', text: 'false' });
  });

  test.each([
    { predicates: [predicate(label('not ok'))], message: /^values\[0\]\[cloud\]: Invalid value: "not ok"/ },
    { predicates: [{}, predicate(claim('Gt', 'a', '1'))], message: /^"Gt" is not a valid label selector operator$/ },
    {
      predicates: [predicate(cel('true', 'xxxx.y')), predicate(claim('Gt', 'a'))],
      message: /^compilation failed: ERROR/,
    },
  ])('are refused: $message', ({ predicates, message }) => {
    const want = { kind: 'misconfigured', plugin: 'Predicate', message: expect.stringMatching(message) };
    expect(compilePredicates(predicates, fewWords)).toEqual(want);
  });
});
