import { compareNumbers, isNumeric, UNORDERED } from './number.ts';
import type { Duration } from './duration.ts';
import { compareText } from './text.ts';
import type { Timestamp } from './timestamp.ts';
import { type CelBytes, type CelError, type CelValue, NO_SUCH_OVERLOAD, typeName } from './value.ts';

const byNanos = (one: Timestamp | Duration, other: Timestamp | Duration): number =>
  compareNumbers(one.nanos, other.nanos);

/** By the name of the type, which both values have. */
const ORDERS: Readonly<Record<string, (one: never, other: never) => number>> = {
  string: compareText,
  bool: (one: boolean, other: boolean) => Number(one) - Number(other),
  bytes: (one: CelBytes, other: CelBytes) => Buffer.compare(one.bytes, other.bytes),
  'google.protobuf.Timestamp': byNanos,
  'google.protobuf.Duration': byNanos,
};

/** Below, at or above 0 as the first is smaller, equal or greater; an error when the two have no order. */
export function order(one: CelValue, other: CelValue): number | CelError {
  if (isNumeric(one) && isNumeric(other)) {
    const result = compareNumbers(one, other);
    return Number.isNaN(result) ? UNORDERED : result;
  }
  const type = typeName(one);
  const compare = type === typeName(other) ? ORDERS[type] : undefined;
  return compare ? compare(one as never, other as never) : NO_SUCH_OVERLOAD;
}
