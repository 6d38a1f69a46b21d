import { traversal } from '../plan/meter.ts';
import type { Runtime } from '../plan/runtime.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  INT,
  listOf,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
  variable,
} from '../types/type.ts';
import { checkedDuration, Duration } from '../values/duration.ts';
import { equals } from '../values/equality.ts';
import type { CelList } from '../values/list.ts';
import { order } from '../values/order.ts';
import {
  CelError,
  type CelResult,
  CelUint,
  type CelValue,
  checkedInt,
  checkedUint,
  NO_SUCH_OVERLOAD,
} from '../values/value.ts';
import { member } from './define.ts';
import type { Library, Overload } from './library.ts';
import { sizeOf } from './size.ts';

const COMPARABLE = [INT, UINT, DOUBLE, BOOL, DURATION, TIMESTAMP, STRING, BYTES];
const SUMMABLE = new Map<Type, CelValue>([
  [INT, 0n],
  [UINT, new CelUint(0n)],
  [DOUBLE, 0],
  [DURATION, new Duration(0n)],
]);

/** One traversal, also of the texts in the list. */
function listCost([list]: readonly [CelList, CelValue?]): number {
  let cost = 0;
  for (const item of list) cost += Math.max(1, traversal(sizeOf(item)));
  return cost;
}

function isSorted([list]: readonly [CelList]): CelResult {
  for (let index = 1; index < list.size; index += 1) {
    const result = order(list.at(index - 1), list.at(index));
    if (result === NO_SUCH_OVERLOAD) return result;
    if (typeof result === 'number' && result > 0) return false;
  }
  return true;
}

/** The first element that no other one is better than; NaN is better than nothing. */
function best(list: CelList, name: string, isBetter: (order: number) => boolean): CelResult {
  if (list.size === 0) return new CelError(`${name} called on empty list`);
  let found = list.at(0);
  for (let index = 1; index < list.size; index += 1) {
    const result = order(list.at(index), found);
    if (result === NO_SUCH_OVERLOAD) return result;
    if (typeof result === 'number' && isBetter(result)) found = list.at(index);
  }
  return found;
}

function sum(list: CelList, zero: CelValue): CelResult {
  if (list.size === 0) return zero;
  let total: CelResult = list.at(0);
  for (let index = 1; index < list.size; index += 1) {
    total = plus(total, list.at(index));
    if (total instanceof CelError) return total;
  }
  return isSummable(total) ? total : NO_SUCH_OVERLOAD;
}

const isSummable = (value: CelValue): boolean =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof CelUint || value instanceof Duration;

function plus(one: CelValue, other: CelValue): CelResult {
  if (typeof one === 'bigint' && typeof other === 'bigint') return checkedInt(one + other);
  if (typeof one === 'number' && typeof other === 'number') return one + other;
  if (one instanceof CelUint && other instanceof CelUint) return checkedUint(one.value + other.value);
  if (one instanceof Duration && other instanceof Duration) return checkedDuration(one.nanos + other.nanos);
  return NO_SUCH_OVERLOAD;
}

function position(
  list: CelList,
  wanted: CelValue,
  { meter, fromEnd }: Pick<Runtime, 'meter'> & { fromEnd: boolean },
): CelResult {
  const visit = meter.visitor(listCost([list]));
  for (let count = 0; count < list.size; count += 1) {
    const index = fromEnd ? list.size - 1 - count : count;
    const same = equals(list.at(index), wanted, visit);
    if (same instanceof CelError) return same;
    if (same) return BigInt(index);
  }
  return -1n;
}

const ofComparable = (
  result: (item: Type) => Type,
  call: (args: readonly [CelList]) => CelResult,
): readonly Overload[] =>
  COMPARABLE.map((item) =>
    member<[CelList]>({ parameters: [listOf(item)], result: result(item), cost: listCost, call }),
  );

const itself = (item: Type): Type => item;

const finding = (fromEnd: boolean): readonly Overload[] => [
  member<[CelList, CelValue]>({
    parameters: [listOf(variable('A')), variable('A')],
    result: INT,
    cost: listCost,
    call: ([list, wanted], { meter }) => position(list, wanted, { meter, fromEnd }),
  }),
];

/** Kubernetes functions on lists: `isSorted`, `sum`, `min`, `max`, `indexOf` and `lastIndexOf`. */
export const listLibrary: Library = {
  functions: [
    { name: 'isSorted', overloads: ofComparable(() => BOOL, isSorted) },
    { name: 'min', overloads: ofComparable(itself, ([list]) => best(list, 'min', (result) => result < 0)) },
    {
      name: 'max',
      overloads: ofComparable(itself, ([list]) => best(list, 'max', (result) => result > 0)),
    },
    {
      name: 'sum',
      overloads: Array.from(SUMMABLE, ([item, zero]) =>
        member<[CelList]>({
          parameters: [listOf(item)],
          result: item,
          cost: listCost,
          call: ([list]) => sum(list, zero),
        }),
      ),
    },
    { name: 'indexOf', overloads: finding(false) },
    { name: 'lastIndexOf', overloads: finding(true) },
  ],
};
