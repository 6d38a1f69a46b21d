import { isRawNumber } from '@ocm/kube';
import { isJsonObject, type JsonObject } from '../manifest/any-object.ts';
import type { Comparator, FilterTest, JsonPath, Operand, Step } from './parse-json-path.ts';

/** A path that finds more than this, at any step, is given up: `..` multiplies. */
const MOST_VALUES = 10_000;

export type Selected =
  /** In the order of the document; empty when nothing matches. */
  | { readonly kind: 'found'; readonly values: readonly unknown[] }
  /** The path does not fit the document, such as an index into a map. */
  | { readonly kind: 'failed'; readonly problem: string };

/** What a path finds in a document. Missing names and indexes find nothing (work 11.3). */
export function selectByPath(path: JsonPath, document: unknown): Selected {
  try {
    return { kind: 'found', values: follow(path, [document]) };
  } catch (error) {
    if (error instanceof SelectionProblem) return { kind: 'failed', problem: error.message };
    throw error;
  }
}

class SelectionProblem extends Error {}

function follow(path: JsonPath, from: readonly unknown[]): readonly unknown[] {
  return path.reduce<readonly unknown[]>((values, step) => {
    const next = values.flatMap((value) => take(step, value));
    if (next.length > MOST_VALUES) throw new SelectionProblem(`it finds more than ${MOST_VALUES} values`);
    return next;
  }, from);
}

function take(step: Step, value: unknown): readonly unknown[] {
  switch (step.kind) {
    case 'field':
      return member(value, step.name);
    case 'wildcard':
      return children(value);
    case 'recursive':
      return withDescendants(value);
    case 'union':
      return step.paths.flatMap((path) => follow(path, [value]));
    case 'index':
      return at(listOf(value), step.index);
    case 'slice':
      return listOf(value)
        .slice(step.start, step.end)
        .filter((_, index) => index % step.step === 0);
    case 'filter':
      return listOf(value).filter((item) => passes(step.test, item));
  }
}

function member(value: unknown, name: string): readonly unknown[] {
  return isMap(value) && Object.hasOwn(value, name) ? [value[name]] : [];
}

function at(list: readonly unknown[], index: number): readonly unknown[] {
  return index < list.length && index >= -list.length ? [list.at(index)] : [];
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isMap(value) ? Object.values(value) : [];
}

function isMap(value: unknown): value is JsonObject {
  return isJsonObject(value) && !isRawNumber(value);
}

function withDescendants(value: unknown): readonly unknown[] {
  const below = children(value);
  if (below.length === 0) return [];
  const found = [value];
  for (const child of below) {
    for (const each of withDescendants(child)) found.push(each);
    if (found.length > MOST_VALUES) throw new SelectionProblem(`it finds more than ${MOST_VALUES} values`);
  }
  return found;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new SelectionProblem(`${typeNameOf(value)} is not a list`);
  return value;
}

function passes(test: FilterTest, item: unknown): boolean {
  if (test.kind === 'exists') return follow(test.path, [item]).length > 0;
  const left = only(test.left, item);
  const right = only(test.right, item);
  if (left.length === 0 || right.length === 0) return false;
  return compare(comparable(left[0]), test.operator, comparable(right[0]));
}

function only(operand: Operand, item: unknown): readonly unknown[] {
  if (operand.kind === 'literal') return [operand.value];
  const found = follow(operand.path, [item]);
  if (found.length > 1) throw new SelectionProblem('a filter can only compare one value at a time');
  return found;
}

function comparable(value: unknown): string | number | boolean {
  if (isRawNumber(value)) return Number(value.rawJSON);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new SelectionProblem(`a filter cannot compare a ${typeNameOf(value)}`);
}

const COMPARISONS: Readonly<Record<Comparator, (a: string | number, b: string | number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function compare(left: string | number | boolean, operator: Comparator, right: string | number | boolean): boolean {
  if (typeof left !== typeof right) {
    throw new SelectionProblem(`a filter cannot compare a ${typeNameOf(left)} with a ${typeNameOf(right)}`);
  }
  return COMPARISONS[operator](ordered(left), ordered(right));
}

function ordered(value: string | number | boolean): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** For messages: `map`, `list`, `string`, `int`, `float`, `bool` or `null`. */
export function typeNameOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  if (isRawNumber(value)) return /^-?\d+$/.test(value.rawJSON) ? 'int' : 'float';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map';
}
