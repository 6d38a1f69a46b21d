import { expect, describe, test } from '@jest/globals';
import { type LabelMatcher, labelReader, parseLabelSelector } from './label-selector.ts';

function matcher(selector: Parameters<typeof parseLabelSelector>[0]): LabelMatcher {
  const parsed = parseLabelSelector(selector);
  if (parsed.kind === 'invalid') throw new Error(parsed.problem);
  return parsed.matcher;
}

function expression(
  operator: string,
  values?: readonly string[],
  key = 'env',
): Parameters<typeof parseLabelSelector>[0] {
  return { matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }] };
}

describe('a label selector', () => {
  test.each([
    { selector: {}, labels: undefined, want: true },
    { selector: {}, labels: { a: 'b' }, want: true },
    { selector: { matchLabels: { env: 'prod' } }, labels: { env: 'prod' }, want: true },
    { selector: { matchLabels: { env: 'prod' } }, labels: { env: 'Prod' }, want: false },
    { selector: { matchLabels: { env: '' } }, labels: { env: '' }, want: true },
    { selector: { matchLabels: { env: '' } }, labels: {}, want: false },
    { selector: { matchLabels: { env: 'prod', tier: 'a' } }, labels: { env: 'prod' }, want: false },
    { selector: expression('In', ['prod', 'dev']), labels: { env: 'dev' }, want: true },
    { selector: expression('In', ['prod', 'dev']), labels: undefined, want: false },
    { selector: expression('NotIn', ['prod']), labels: { env: 'prod' }, want: false },
    { selector: expression('NotIn', ['prod']), labels: {}, want: true },
    { selector: expression('Exists'), labels: { env: '' }, want: true },
    { selector: expression('Exists'), labels: {}, want: false },
    { selector: expression('DoesNotExist'), labels: undefined, want: true },
    { selector: expression('DoesNotExist'), labels: { env: 'x' }, want: false },
    { selector: expression('Exists', [], 'constructor'), labels: {}, want: false },
  ])('$selector on $labels is $want', ({ selector, labels, want }) => {
    expect(matcher(selector).matches(labels)).toBe(want);
  });

  test('names the first requirement that does not hold, matchLabels ordered by key first', () => {
    const selector = {
      matchLabels: { tier: 'gpu', env: 'prod' },
      matchExpressions: [{ key: 'zone', operator: 'Exists' }],
    };
    const unmet = (labels: Record<string, string>): string | undefined =>
      matcher(selector).firstUnmet(labelReader(labels))?.key;
    expect(unmet({})).toBe('env');
    expect(unmet({ env: 'prod' })).toBe('tier');
    expect(unmet({ env: 'prod', tier: 'gpu' })).toBe('zone');
    expect(unmet({ env: 'prod', tier: 'gpu', zone: '' })).toBeUndefined();
  });

  test.each([
    { selector: expression('Gt', ['1']), problem: '"Gt" is not a valid label selector operator' },
    { selector: expression('in', ['1']), problem: '"in" is not a valid label selector operator' },
    { selector: expression(''), problem: '"" is not a valid label selector operator' },
    {
      selector: expression('In', []),
      problem: "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    },
    {
      selector: expression('Exists', ['x']),
      problem: 'values: Invalid value: ["x"]: values set must be empty for exists and does not exist',
    },
  ])('$selector is refused: $problem', ({ selector, problem }) => {
    expect(parseLabelSelector(selector)).toEqual({ kind: 'invalid', problem });
  });

  test.each([
    { selector: expression('Exists', undefined, ''), start: 'key: Invalid value: "": name part must be non-empty' },
    {
      selector: expression('Exists', undefined, '_a'),
      start: 'key: Invalid value: "_a": name part must consist of alphanumeric',
    },
    {
      selector: expression('Exists', undefined, 'A.b/c'),
      start: 'key: Invalid value: "A.b/c": prefix part a lowercase RFC 1123',
    },
    {
      selector: expression('Exists', undefined, '/c'),
      start: 'key: Invalid value: "/c": prefix part must be non-empty',
    },
    { selector: expression('Exists', undefined, 'a/b/c'), start: 'key: Invalid value: "a/b/c": a qualified name must' },
    {
      selector: expression('Exists', undefined, 'x'.repeat(64)),
      start: `key: Invalid value: "${'x'.repeat(64)}": name part must be no`,
    },
    {
      selector: expression('In', ['ok', 'not ok']),
      start: 'values[1][env]: Invalid value: "not ok": a valid label must be',
    },
    { selector: { matchLabels: { env: 'v'.repeat(64) } }, start: 'values[0][env]: Invalid value: "vvv' },
  ])('$start', ({ selector, start }) => {
    const parsed = parseLabelSelector(selector);
    expect(parsed.kind === 'invalid' ? parsed.problem.slice(0, start.length) : parsed).toBe(start);
  });

  test('with two faults in one requirement names both', () => {
    const parsed = parseLabelSelector(expression('In', [], '-'));
    expect(parsed).toEqual({ kind: 'invalid', problem: expect.stringMatching(/^\[key: .*, values: .*\]$/) });
  });
});
