import type { Duration } from './duration.ts';
import type { CelList } from './list.ts';
import type { CelMap } from './map.ts';
import { compareNumbers, isNumeric } from './number.ts';
import type { Timestamp } from './timestamp.ts';
import {
  type CelBytes,
  CelError,
  CelOpaque,
  type CelOptional,
  type CelTypeValue,
  type CelValue,
  typeName,
} from './value.ts';

/** Compared values may nest this deep; deeper ones are an error rather than a danger to the stack. */
const MAX_DEPTH = 200;
const TOO_DEEP = new CelError('values nest too deeply to be compared');

/** Takes note of work done, in characters or elements visited; throws when it is too much. */
export type Visit = (work: number) => void;

/**
 * Whether two values are the same to CEL: numbers by value across int, uint and double, lists and maps by content, values of different
 * types never. NaN equals nothing.
 */
export function equals(one: CelValue, other: CelValue, visit: Visit): boolean | CelError {
  return compare(one, other, { visit, depth: 0 });
}

interface Comparison {
  readonly visit: Visit;
  readonly depth: number;
}

type Equality = (one: never, other: never, comparison: Comparison) => boolean | CelError;

function compare(one: CelValue, other: CelValue, comparison: Comparison): boolean | CelError {
  comparison.visit(1);
  if (isNumeric(one)) return isNumeric(other) && compareNumbers(one, other) === 0;
  const type = typeName(one);
  if (type !== typeName(other)) return false;
  if (one instanceof CelOpaque) return one.equals(other as CelOpaque);
  const equality = EQUALITIES[type];
  return equality ? equality(one as never, other as never, comparison) : one === other;
}

const sameNanos = (one: Timestamp | Duration, other: Timestamp | Duration): boolean => one.nanos === other.nanos;

/** By the name of the type, which both values have; those that are not here are the same only when they are identical. */
const EQUALITIES: Readonly<Record<string, Equality>> = {
  string: compareTexts,
  bytes: compareBytes,
  list: compareLists,
  map: compareMaps,
  type: (one: CelTypeValue, other: CelTypeValue) => one.name === other.name,
  optional_type: compareOptionals,
  'google.protobuf.Timestamp': sameNanos,
  'google.protobuf.Duration': sameNanos,
};

function compareTexts(one: string, other: string, { visit }: Comparison): boolean {
  if (one.length !== other.length) return false;
  visit(one.length);
  return one === other;
}

function compareBytes({ bytes: one }: CelBytes, { bytes: other }: CelBytes, { visit }: Comparison): boolean {
  if (one.length !== other.length) return false;
  visit(one.length);
  return Buffer.compare(one, other) === 0;
}

function compareLists(one: CelList, other: CelList, comparison: Comparison): boolean | CelError {
  if (one.size !== other.size) return false;
  const inner = deeper(comparison);
  if (!inner) return TOO_DEEP;
  for (let index = 0; index < one.size; index += 1) {
    const same = compare(one.at(index), other.at(index), inner);
    if (same !== true) return same;
  }
  return true;
}

function compareMaps(one: CelMap, other: CelMap, comparison: Comparison): boolean | CelError {
  // To know the sizes takes time in proportion to them.
  comparison.visit(Math.max(one.size, other.size) * 2);
  if (one.size !== other.size) return false;
  const inner = deeper(comparison);
  if (!inner) return TOO_DEEP;
  for (const key of one.keys()) {
    const [left, right] = [one.get(key), other.get(key)];
    const same = left !== undefined && right !== undefined && compare(left, right, inner);
    if (same !== true) return same;
  }
  return true;
}

function compareOptionals(one: CelOptional, other: CelOptional, comparison: Comparison): boolean | CelError {
  if (one.held === undefined || other.held === undefined) return one.held === other.held;
  const inner = deeper(comparison);
  return inner ? compare(one.held, other.held, inner) : TOO_DEEP;
}

function deeper({ visit, depth }: Comparison): Comparison | undefined {
  return depth < MAX_DEPTH ? { visit, depth: depth + 1 } : undefined;
}

/** Whether the first value is of a type of a library and the second is not of that type, which `==` refuses to answer. */
export function isIncomparable(one: CelValue, other: CelValue): boolean {
  return one instanceof CelOpaque && one.typeName !== typeName(other);
}
