import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  INT,
  listOf,
  mapOf,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
  variable,
} from '../../types/type.ts';
import { equals, isIncomparable } from '../../values/equality.ts';
import type { CelList } from '../../values/list.ts';
import type { CelMap } from '../../values/map.ts';
import { order } from '../../values/order.ts';
import { CelError, type CelResult, type CelValue, NO_SUCH_OVERLOAD } from '../../values/value.ts';
import { global } from '../define.ts';
import type { FunctionDeclaration, Overload } from '../library.ts';
import { comparisonCost } from '../size.ts';

const A = variable('A');
const NUMERIC = [INT, UINT, DOUBLE];
// The order of overloads decides what a variable of unknown type is taken for, here and in arithmetic.
const ORDERED: readonly (readonly [Type, Type])[] = [
  [BOOL, BOOL],
  ...NUMERIC.flatMap((one) => NUMERIC.map((other) => [one, other] as const)),
  ...[STRING, BYTES, TIMESTAMP, DURATION].map((type) => [type, type] as const),
];

function equality(name: string, negated: boolean): FunctionDeclaration {
  const call: Overload['call'] = (args, { meter }) => {
    const [one = null, other = null] = args;
    if (isIncomparable(one, other)) return NO_SUCH_OVERLOAD;
    const same = equals(one, other, meter.visitor(comparisonCost(args)));
    return same instanceof CelError ? same : same !== negated;
  };
  return { name, overloads: [global({ parameters: [A, A], result: BOOL, cost: comparisonCost, call })] };
}

function ordering(name: string, holds: (order: number) => boolean): FunctionDeclaration {
  const call = ([one, other]: readonly [CelValue, CelValue]): CelResult => {
    const result = order(one, other);
    return result instanceof CelError ? result : holds(result);
  };
  return {
    name,
    overloads: ORDERED.map(([one, other]) =>
      global<[CelValue, CelValue]>({ parameters: [one, other], result: BOOL, cost: comparisonCost, call }),
    ),
  };
}

const inList = global<[CelValue, CelList]>({
  parameters: [A, listOf(A)],
  result: BOOL,
  cost: ([, list]) => list.size,
  call: ([wanted, list], { meter }) => {
    const visit = meter.visitor(list.size);
    for (let index = 0; index < list.size; index += 1) {
      const same = equals(list.at(index), wanted, visit);
      if (same !== false) return same;
    }
    return false;
  },
});

const inMap = global<[CelValue, CelMap]>({
  parameters: [A, mapOf(A, variable('B'))],
  result: BOOL,
  call: ([key, map]) => map.get(key) !== undefined,
});

/** `==`, `!=`, `<`, `<=`, `>`, `>=` and `in`. */
export const comparison: readonly FunctionDeclaration[] = [
  equality('_==_', false),
  equality('_!=_', true),
  ordering('_<_', (result) => result < 0),
  ordering('_<=_', (result) => result <= 0),
  ordering('_>_', (result) => result > 0),
  ordering('_>=_', (result) => result >= 0),
  { name: '@in', overloads: [inList, inMap] },
];
