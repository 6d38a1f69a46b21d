/**
 * A path in the JSONPath dialect of Kubernetes (kubectl), taken apart. It differs from RFC 9535: dots in names are escaped (`\.`), filters
 * look at lists only and compare one pair of values, and braces around the path are left out here.
 */
export type JsonPath = readonly Step[];

export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  /** `..`: the value itself and all below it that hold something. */
  | { readonly kind: 'recursive' }
  /** `undefined` bounds are those of the list. Negative ones count from its end. */
  | { readonly kind: 'slice'; readonly start: number; readonly end: number | undefined; readonly step: number }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'union'; readonly paths: readonly JsonPath[] }
  | { readonly kind: 'filter'; readonly test: FilterTest };

export type FilterTest =
  | { readonly kind: 'exists'; readonly path: JsonPath }
  | { readonly kind: 'compares'; readonly left: Operand; readonly operator: Comparator; readonly right: Operand };

export type Operand =
  | { readonly kind: 'path'; readonly path: JsonPath }
  | { readonly kind: 'literal'; readonly value: string | number | boolean };

const COMPARATORS = ['==', '!=', '<=', '>=', '<', '>'] as const;
export type Comparator = (typeof COMPARATORS)[number];

export type ParsedJsonPath =
  { readonly kind: 'parsed'; readonly path: JsonPath } | { readonly kind: 'invalid'; readonly problem: string };

/** What a path consists of, or what is wrong with it. Takes time in proportion to its length. */
export function parseJsonPath(text: string): ParsedJsonPath {
  try {
    return { kind: 'parsed', path: steps(text) };
  } catch (error) {
    if (error instanceof PathProblem) return { kind: 'invalid', problem: error.message };
    throw error;
  }
}

class PathProblem extends Error {}

/** What follows in the text, by its first characters; the longer ones come first. */
const STEPS: readonly (readonly [string, (scanner: Scanner) => readonly Step[]])[] = [
  ['[?(', filterStep],
  ['[', bracketStep],
  ['..', recursiveSteps],
  ['.', fieldStep],
  ['$', nothing],
  ['@', nothing],
  [' ', nothing],
];

const NAME_ENDS = new Set([' ', '\t', '\n', '\r', '.', '[', ']', '$', '@', '{', '}']);
const MAX_NESTING = 20;

interface Scanner {
  readonly text: string;
  readonly depth: number;
  at: number;
}

function steps(text: string, depth = 0): JsonPath {
  if (depth > MAX_NESTING) throw new PathProblem('it is nested too deeply');
  const scanner: Scanner = { text, depth, at: 0 };
  const path: Step[] = [];
  while (scanner.at < text.length) {
    const rule = STEPS.find(([prefix]) => text.startsWith(prefix, scanner.at));
    if (rule === undefined) throw new PathProblem(`unexpected ${JSON.stringify(text.slice(scanner.at))}`);
    const [prefix, read] = rule;
    scanner.at += prefix.length;
    path.push(...read(scanner));
  }
  return path;
}

function nothing(): readonly Step[] {
  return [];
}

function recursiveSteps(scanner: Scanner): readonly Step[] {
  // `..name` and `..[0]`: what follows is looked for at every place.
  const hasName = scanner.at < scanner.text.length && !NAME_ENDS.has(scanner.text[scanner.at] ?? '');
  return [{ kind: 'recursive' }, ...(hasName ? fieldStep(scanner) : [])];
}

function fieldStep(scanner: Scanner): readonly Step[] {
  const { text } = scanner;
  let name = '';
  while (scanner.at < text.length && !NAME_ENDS.has(text[scanner.at] ?? '')) {
    if (text[scanner.at] === '\\') scanner.at += 1;
    if (scanner.at === text.length) throw new PathProblem('it ends with a backslash');
    name += text[scanner.at] ?? '';
    scanner.at += 1;
  }
  // A dot alone is the value itself.
  if (name === '') return [];
  return [name === '*' ? { kind: 'wildcard' } : { kind: 'field', name }];
}

function bracketStep(scanner: Scanner): readonly Step[] {
  const end = scanner.text.indexOf(']', scanner.at);
  if (end < 0) throw new PathProblem('a bracket is not closed');
  const content = scanner.text.slice(scanner.at, end);
  scanner.at = end + 1;
  return selector(content, scanner.depth);
}

function selector(content: string, depth: number): readonly Step[] {
  if (content === '*') return [{ kind: 'wildcard' }];
  const parts = content.split(',');
  if (parts.length > 1) return [{ kind: 'union', paths: parts.map((part) => selector(part.trim(), depth)) }];
  const key = /^'([^']*)'$/.exec(content)?.[1];
  // As in Kubernetes, dots in a key are escaped between brackets too.
  if (key !== undefined) return steps(`.${key}`, depth + 1);
  const match = /^(-?\d+)?(:(?:-?\d+)?)?(:(?:-?\d+)?)?$/.exec(content);
  if (match === null || content === '') throw new PathProblem(`invalid index [${content}]`);
  const [, start = '', end, step] = match;
  if (end === undefined) return [{ kind: 'index', index: Number(start) }];
  return [{ kind: 'slice', start: bound(start) ?? 0, end: bound(end.slice(1)), step: stepOf(step) }];
}

function bound(text: string): number | undefined {
  return text === '' ? undefined : Number(text);
}

function stepOf(text: string | undefined): number {
  const step = bound(text?.slice(1) ?? '') ?? 1;
  if (step <= 0) throw new PathProblem('the step of a slice must be greater than 0');
  return step;
}

function filterStep(scanner: Scanner): readonly Step[] {
  const content = filterText(scanner);
  const [, left, operator, right] = /^([^!<>=]+)([!<>=]+)(.+)$/.exec(content) ?? [];
  if (left === undefined || operator === undefined || right === undefined) {
    return [{ kind: 'filter', test: { kind: 'exists', path: steps(content.trim(), scanner.depth + 1) } }];
  }
  const comparator = COMPARATORS.find((each) => each === operator);
  if (comparator === undefined) throw new PathProblem(`unknown operator ${operator} in a filter`);
  const compared = { left: operand(left, scanner.depth), operator: comparator, right: operand(right, scanner.depth) };
  return [{ kind: 'filter', test: { kind: 'compares', ...compared } }];
}

/** The text up to `)]`; a parenthesis between quotes does not count. */
function filterText(scanner: Scanner): string {
  const { text, at: start } = scanner;
  let quote: string | undefined;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote === undefined && text.startsWith(')]', at)) {
      scanner.at = at + 2;
      return text.slice(start, at);
    }
    if (char === '\\') at += 1;
    else if (quote === undefined && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = undefined;
  }
  throw new PathProblem('a filter is not closed');
}

function operand(text: string, depth: number): Operand {
  const trimmed = text.trim();
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')$/.exec(trimmed);
  if (quoted !== null) return literal((quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/g, '$1'));
  if (/^[+-]?\d+(?:\.\d+)?$/.test(trimmed)) return literal(Number(trimmed));
  if (trimmed === 'true' || trimmed === 'false') return literal(trimmed === 'true');
  return { kind: 'path', path: steps(trimmed, depth + 1) };
}

function literal(value: string | number | boolean): Operand {
  return { kind: 'literal', value };
}
