import { BOOL, DYN, INT, listOf, mapOf, optionalOf, type Type, variable } from '../types/type.ts';
import { traversal } from '../plan/meter.ts';
import { elementOf, optionalElementOf } from '../values/access.ts';
import { CelList, ValueList } from '../values/list.ts';
import { CelMap } from '../values/map.ts';
import { Duration } from '../values/duration.ts';
import {
  CelBytes,
  CelError,
  CelOptional,
  type CelResult,
  CelUint,
  type CelValue,
  NONE,
  typeName,
} from '../values/value.ts';
import { global, member } from './define.ts';
import type { Library, Overload } from './library.ts';

const V = variable('V');
const K = variable('K');
const OPTIONAL = optionalOf(V);

const ZEROS: ReadonlySet<CelValue> = new Set<CelValue>([null, false, 0n, 0, '']);

/** What `optional.ofNonZeroValue` takes for nothing. */
function isZero(value: CelValue): boolean {
  if (value instanceof CelList || value instanceof CelMap) return value.size === 0;
  if (value instanceof CelBytes) return value.bytes.length === 0;
  if (value instanceof CelUint) return value.value === 0n;
  if (value instanceof Duration) return value.nanos === 0n;
  return value instanceof CelOptional ? value.held === undefined : ZEROS.has(value);
}

function unwrap([list]: readonly [CelList]): CelResult {
  const held: CelValue[] = [];
  for (const item of list) {
    if (!(item instanceof CelOptional)) return new CelError(`value of type ${typeName(item)} is not optional`);
    if (item.held !== undefined) held.push(item.held);
  }
  return new ValueList(held);
}

const optionally = (held: CelValue | undefined): CelOptional => (held === undefined ? NONE : new CelOptional(held));
const unwrapping = {
  parameters: [listOf(OPTIONAL)],
  result: listOf(V),
  cost: ([list]: readonly [CelList]) => Math.max(1, traversal(list.size)),
  call: unwrap,
};
const elements = (parameters: readonly Type[], find: (operand: CelValue, key: CelValue) => CelResult): Overload =>
  global<[CelValue, CelValue]>({ parameters, result: OPTIONAL, call: ([operand, key]) => find(operand, key) });

/** Optional types: `optional.of(…)`, what reads them, and the operators `.?` and `[?]`. */
export const optionalLibrary: Library = {
  types: [optionalOf(DYN)],
  functions: [
    {
      name: 'optional.of',
      overloads: [global<[CelValue]>({ parameters: [V], result: OPTIONAL, call: ([value]) => new CelOptional(value) })],
    },
    {
      name: 'optional.ofNonZeroValue',
      overloads: [
        global<[CelValue]>({
          parameters: [V],
          result: OPTIONAL,
          call: ([value]) => (isZero(value) ? NONE : new CelOptional(value)),
        }),
      ],
    },
    { name: 'optional.none', overloads: [global({ parameters: [], result: OPTIONAL, call: () => NONE })] },
    {
      name: 'hasValue',
      overloads: [
        member<[CelOptional]>({ parameters: [OPTIONAL], result: BOOL, call: ([{ held }]) => held !== undefined }),
      ],
    },
    {
      name: 'value',
      overloads: [
        member<[CelOptional]>({
          parameters: [OPTIONAL],
          result: V,
          call: ([{ held }]) => (held === undefined ? new CelError('optional.none() dereference') : held),
        }),
      ],
    },
    {
      name: 'or',
      overloads: [
        member<[CelOptional, CelOptional]>({
          parameters: [OPTIONAL, OPTIONAL],
          result: OPTIONAL,
          call: ([one, other]) => (one.held === undefined ? other : one),
        }),
      ],
    },
    {
      name: 'orValue',
      overloads: [
        member<[CelOptional, CelValue]>({
          parameters: [OPTIONAL, V],
          result: V,
          call: ([{ held }, other]) => (held === undefined ? other : held),
        }),
      ],
    },
    {
      name: 'first',
      overloads: [
        member<[CelList]>({
          parameters: [listOf(V)],
          result: OPTIONAL,
          call: ([list]) => optionally(list.size > 0 ? list.at(0) : undefined),
        }),
      ],
    },
    {
      name: 'last',
      overloads: [
        member<[CelList]>({
          parameters: [listOf(V)],
          result: OPTIONAL,
          call: ([list]) => optionally(list.size > 0 ? list.at(list.size - 1) : undefined),
        }),
      ],
    },
    { name: 'optional.unwrap', overloads: [global<[CelList]>(unwrapping)] },
    { name: 'unwrapOpt', overloads: [member<[CelList]>(unwrapping)] },
    {
      name: '_[?_]',
      overloads: [listOf(V), optionalOf(listOf(V))]
        .map((list) => elements([list, INT], optionalElementOf))
        .concat([mapOf(K, V), optionalOf(mapOf(K, V))].map((map) => elements([map, K], optionalElementOf))),
    },
    {
      name: '_[_]',
      overloads: [elements([optionalOf(listOf(V)), INT], elementOf), elements([optionalOf(mapOf(K, V)), K], elementOf)],
    },
  ],
};
