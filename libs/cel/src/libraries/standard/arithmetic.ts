import { traversal } from '../../plan/meter.ts';
import {
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
} from '../../types/type.ts';
import { checkedDuration, type Duration } from '../../values/duration.ts';
import { type CelList, ValueList } from '../../values/list.ts';
import { checkedTimestamp, type Timestamp } from '../../values/timestamp.ts';
import { CelBytes, CelError, type CelResult, checkedInt, checkedUint, type CelUint } from '../../values/value.ts';
import { global } from '../define.ts';
import type { FunctionDeclaration, Overload } from '../library.ts';
import { sizeOf } from '../size.ts';

const DIVISION_BY_ZERO = new CelError('division by zero');
const MODULUS_BY_ZERO = new CelError('modulus by zero');
const MIN_INT = -(2n ** 63n);

const ints = (compute: (one: bigint, other: bigint) => bigint | CelError): Overload =>
  global<[bigint, bigint]>({
    parameters: [INT, INT],
    result: INT,
    call: ([one, other]) => checked(compute(one, other)),
  });

const uints = (compute: (one: bigint, other: bigint) => bigint | CelError): Overload =>
  global<[CelUint, CelUint]>({
    parameters: [UINT, UINT],
    result: UINT,
    call: ([one, other]) => {
      const value = compute(one.value, other.value);
      return value instanceof CelError ? value : checkedUint(value);
    },
  });

const doubles = (compute: (one: number, other: number) => number): Overload =>
  global<[number, number]>({
    parameters: [DOUBLE, DOUBLE],
    result: DOUBLE,
    call: ([one, other]) => compute(one, other),
  });

const checked = (value: bigint | CelError): CelResult => (value instanceof CelError ? value : checkedInt(value));

const joined = (type: Type, call: (args: never) => CelResult): Overload =>
  global({
    parameters: [type, type],
    result: type,
    // A concatenation copies; one of short lists costs 1 like any call.
    cost: ([one = null, other = null]) =>
      Math.max(type.kind === 'list' ? 1 : 0, traversal(sizeOf(one) + sizeOf(other))),
    call: call as (args: readonly unknown[]) => CelResult,
  });

const durations = (compute: (one: bigint, other: bigint) => bigint): Overload =>
  global<[Duration, Duration]>({
    parameters: [DURATION, DURATION],
    result: DURATION,
    call: ([one, other]) => checkedDuration(compute(one.nanos, other.nanos)),
  });

const add: FunctionDeclaration = {
  name: '_+_',
  overloads: [
    joined(BYTES, ([one, other]: [CelBytes, CelBytes]) => new CelBytes(Buffer.concat([one.bytes, other.bytes]))),
    doubles((one, other) => one + other),
    durations((one, other) => one + other),
    global<[Duration, Timestamp]>({
      parameters: [DURATION, TIMESTAMP],
      result: TIMESTAMP,
      call: ([duration, timestamp]) => checkedTimestamp(timestamp.nanos + duration.nanos),
    }),
    global<[Timestamp, Duration]>({
      parameters: [TIMESTAMP, DURATION],
      result: TIMESTAMP,
      call: ([timestamp, duration]) => checkedTimestamp(timestamp.nanos + duration.nanos),
    }),
    ints((one, other) => one + other),
    joined(listOf(variable('A')), ([one, other]: [CelList, CelList]) => {
      return new ValueList(one.toArray().concat(other.toArray()));
    }),
    joined(STRING, ([one, other]: [string, string]) => one + other),
    uints((one, other) => one + other),
  ],
};

const subtract: FunctionDeclaration = {
  name: '_-_',
  overloads: [
    doubles((one, other) => one - other),
    durations((one, other) => one - other),
    ints((one, other) => one - other),
    global<[Timestamp, Duration]>({
      parameters: [TIMESTAMP, DURATION],
      result: TIMESTAMP,
      call: ([timestamp, duration]) => checkedTimestamp(timestamp.nanos - duration.nanos),
    }),
    global<[Timestamp, Timestamp]>({
      parameters: [TIMESTAMP, TIMESTAMP],
      result: DURATION,
      call: ([one, other]) => checkedDuration(one.nanos - other.nanos),
    }),
    uints((one, other) => one - other),
  ],
};

const negate: FunctionDeclaration = {
  name: '-_',
  overloads: [
    global<[number]>({ parameters: [DOUBLE], result: DOUBLE, call: ([value]) => -value }),
    global<[bigint]>({ parameters: [INT], result: INT, call: ([value]) => checkedInt(-value) }),
  ],
};

const divide = (one: bigint, other: bigint): bigint | CelError => (other === 0n ? DIVISION_BY_ZERO : one / other);
const modulo = (one: bigint, other: bigint): bigint | CelError => (other === 0n ? MODULUS_BY_ZERO : one % other);

/** `+`, `-`, `*`, `/` and `%`. */
export const arithmetic: readonly FunctionDeclaration[] = [
  add,
  subtract,
  negate,
  {
    name: '_*_',
    overloads: [
      doubles((one, other) => one * other),
      ints((one, other) => one * other),
      uints((one, other) => one * other),
    ],
  },
  { name: '_/_', overloads: [doubles((one, other) => one / other), ints(divide), uints(divide)] },
  {
    name: '_%_',
    overloads: [
      ints((one, other) => (one === MIN_INT && other === -1n ? new CelError('integer overflow') : modulo(one, other))),
      uints(modulo),
    ],
  },
];
