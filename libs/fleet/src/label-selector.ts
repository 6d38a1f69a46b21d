import type { LabelSelector, LabelSelectorRequirement } from '@ocm/api';
import { compareNames } from './compare-names.ts';
import { labelKeyProblem, labelValueProblem } from './label-syntax.ts';

/** Labels of an object, or anything else that is read by key, such as claims. */
export type LabelReader = (key: string) => string | undefined;

/** A selector that has been checked and is ready to be asked often. */
export interface LabelMatcher {
  /** An empty selector matches everything. */
  matches(labels: Readonly<Record<string, string>> | undefined): boolean;
  /** The first requirement that does not hold, in the order of the selector; `undefined` when all hold. */
  firstUnmet(read: LabelReader): LabelSelectorRequirement | undefined;
}

/** A selector that was understood, or what is wrong with it. */
export type ParsedSelector =
  { readonly kind: 'valid'; readonly matcher: LabelMatcher } | { readonly kind: 'invalid'; readonly problem: string };

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
type Operator = (typeof OPERATORS)[number];

interface Requirement {
  readonly source: LabelSelectorRequirement;
  readonly operator: Operator;
  readonly values: ReadonlySet<string>;
}

/**
 * Checks a label selector and makes it ready for use (placement 5.3). `matchLabels` come first, ordered by key, then `matchExpressions`. What
 * null means is the caller's business: for a predicate it matches all, for a cluster set none.
 *
 * @returns the first thing that is wrong, in the words of Kubernetes: `"Gt" is not a valid label selector operator`,
 *   `key: Invalid value: …`, `values: Invalid value: …`
 */
export function parseLabelSelector({ matchLabels, matchExpressions }: LabelSelector): ParsedSelector {
  const equalities = Object.entries(matchLabels ?? {})
    .toSorted(([a], [b]) => compareNames(a, b))
    .map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  const requirements: Requirement[] = [];
  for (const source of [...equalities, ...(matchExpressions ?? [])]) {
    const { operator } = source;
    if (!isOperator(operator)) {
      return { kind: 'invalid', problem: `${JSON.stringify(operator)} is not a valid label selector operator` };
    }
    const problems = requirementProblems(source, operator);
    if (problems.length > 0) return { kind: 'invalid', problem: aggregate(problems) };
    requirements.push({ source, operator, values: new Set(source.values) });
  }
  return { kind: 'valid', matcher: matcherOf(requirements) };
}

/** Reads labels by key, and nothing that objects inherit. */
export function labelReader(labels: Readonly<Record<string, string>> | undefined): LabelReader {
  if (labels === undefined) return () => undefined;
  return (key) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
}

function matcherOf(requirements: readonly Requirement[]): LabelMatcher {
  const firstUnmet: LabelMatcher['firstUnmet'] = (read) =>
    requirements.find(({ source, operator, values }) => !HOLDS[operator](read(source.key), values))?.source;
  return {
    firstUnmet,
    matches: (labels) => requirements.length === 0 || firstUnmet(labelReader(labels)) === undefined,
  };
}

const HOLDS: Readonly<Record<Operator, (actual: string | undefined, values: ReadonlySet<string>) => boolean>> = {
  In: (actual, values) => actual !== undefined && values.has(actual),
  NotIn: (actual, values) => actual === undefined || !values.has(actual),
  Exists: (actual) => actual !== undefined,
  DoesNotExist: (actual) => actual === undefined,
};

function isOperator(text: string): text is Operator {
  return OPERATORS.some((operator) => operator === text);
}

function requirementProblems({ key, values }: LabelSelectorRequirement, operator: Operator): readonly string[] {
  const given = values ?? [];
  const keyProblem = labelKeyProblem(key);
  return [
    ...(keyProblem === undefined ? [] : [invalid('key', key, keyProblem)]),
    ...countProblems(given, operator),
    ...given.flatMap((value, index) => {
      const problem = labelValueProblem(value);
      return problem === undefined ? [] : [invalid(`values[${index}][${key}]`, value, problem)];
    }),
  ];
}

function countProblems(values: readonly string[], operator: Operator): readonly string[] {
  const takesValues = operator === 'In' || operator === 'NotIn';
  if (takesValues === values.length > 0) return [];
  const rule = takesValues
    ? "for 'in', 'notin' operators, values set can't be empty"
    : 'values set must be empty for exists and does not exist';
  return [invalid('values', values, rule)];
}

function invalid(field: string, value: unknown, rule: string): string {
  return `${field}: Invalid value: ${JSON.stringify(value)}: ${rule}`;
}

function aggregate(problems: readonly string[]): string {
  return problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`;
}
