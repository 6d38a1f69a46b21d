import { addQuantities, parseQuantity, type Quantity } from '@ocm/api';
import { traversal } from '../plan/meter.ts';
import { BOOL, DOUBLE, INT, opaque, STRING, type Type } from '../types/type.ts';
import { CelError, CelOpaque, type CelResult, type CelValue, checkedInt } from '../values/value.ts';
import { global, member } from './define.ts';
import type { FunctionDeclaration, Library, Overload } from './library.ts';

const QUANTITY = opaque('kubernetes.Quantity');
const NANOS = 1_000_000_000n;

class QuantityValue extends CelOpaque {
  readonly typeName = QUANTITY.name;
  readonly quantity: Quantity;
  /** Whether Kubernetes keeps it without decimals, which depends on how it was written: `1` yes, `1.0` and `1000m` no. */
  readonly isWhole: boolean;
  constructor(quantity: Quantity, isWhole: boolean) {
    super();
    this.quantity = quantity;
    this.isWhole = isWhole;
  }
  equals(other: CelOpaque): boolean {
    return other instanceof QuantityValue && compare(this, other) === 0;
  }
}

function toQuantity(text: string): QuantityValue | undefined {
  try {
    return new QuantityValue(parseQuantity(text), isWrittenWhole(text));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const DECIMAL_POWERS: Record<string, number> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** Whether the last digit that is written stands for one or more. */
function isWrittenWhole(text: string): boolean {
  const [, fraction = '', suffix = ''] = /^[^.a-zA-Z]*(?:\.([0-9]*))?(.*)$/.exec(text) ?? [];
  if (suffix.endsWith('i')) return fraction === '';
  const power = /^[eE]./.test(suffix) ? Number(suffix.slice(1)) : (DECIMAL_POWERS[suffix] ?? 0);
  return power >= fraction.length;
}

function compare({ quantity: one }: QuantityValue, { quantity: other }: QuantityValue): -1 | 0 | 1 {
  if (one.nanos === other.nanos) return 0;
  return one.nanos < other.nanos ? -1 : 1;
}

/** The whole number that a quantity is, if it is one of 64 bits. */
function integerOf({ quantity, isWhole }: QuantityValue): bigint | undefined {
  const value = quantity.nanos / NANOS;
  return isWhole && checkedInt(value) === value ? value : undefined;
}

function sum(one: QuantityValue, other: QuantityValue, sign: 1n | -1n): QuantityValue {
  const addend = { ...other.quantity, nanos: other.quantity.nanos * sign };
  return new QuantityValue(addQuantities(one.quantity, addend), one.isWhole && other.isWhole);
}

const fromInt = (value: bigint): QuantityValue =>
  new QuantityValue({ nanos: value * NANOS, format: 'DecimalSI' }, true);

const unary = (name: string, result: Type, call: (quantity: QuantityValue) => CelResult): FunctionDeclaration => ({
  name,
  overloads: [member<[QuantityValue]>({ parameters: [QUANTITY], result, call: ([quantity]) => call(quantity) })],
});

const comparing = (name: string, result: Type, answer: (order: -1 | 0 | 1) => CelValue): FunctionDeclaration => ({
  name,
  overloads: [
    member<[QuantityValue, QuantityValue]>({
      parameters: [QUANTITY, QUANTITY],
      result,
      call: ([one, other]) => answer(compare(one, other)),
    }),
  ],
});

const adding = (sign: 1n | -1n): readonly Overload[] => [
  member<[QuantityValue, QuantityValue]>({
    parameters: [QUANTITY, QUANTITY],
    result: QUANTITY,
    call: ([one, other]) => sum(one, other, sign),
  }),
  member<[QuantityValue, bigint]>({
    parameters: [QUANTITY, INT],
    result: QUANTITY,
    call: ([one, other]) => sum(one, fromInt(other), sign),
  }),
];

const cost = ([text]: readonly [string]): number => traversal(text.length);
const parse = (text: string): CelResult =>
  toQuantity(text) ??
  new CelError(
    `"${text.slice(0, 100)}" is not a quantity: neither a number nor one with a suffix such as m, k, Mi or e3`,
  );

/** Kubernetes functions on quantities of resources. */
export const quantityLibrary: Library = {
  functions: [
    {
      name: 'quantity',
      overloads: [global<[string]>({ parameters: [STRING], result: QUANTITY, cost, call: ([text]) => parse(text) })],
    },
    {
      name: 'isQuantity',
      overloads: [
        global<[string]>({
          parameters: [STRING],
          result: BOOL,
          cost,
          call: ([text]) => toQuantity(text) !== undefined,
        }),
      ],
    },
    {
      name: 'sign',
      overloads: [
        global<[QuantityValue]>({
          parameters: [QUANTITY],
          result: INT,
          call: ([quantity]) => BigInt(compare(quantity, fromInt(0n))),
        }),
      ],
    },
    unary('isInteger', BOOL, (quantity) => integerOf(quantity) !== undefined),
    unary('asInteger', INT, (quantity) => integerOf(quantity) ?? new CelError('cannot convert value to integer')),
    unary('asApproximateFloat', DOUBLE, ({ quantity }) => Number(quantity.nanos) / Number(NANOS)),
    comparing('isGreaterThan', BOOL, (order) => order > 0),
    comparing('isLessThan', BOOL, (order) => order < 0),
    comparing('compareTo', INT, BigInt),
    { name: 'add', overloads: adding(1n) },
    { name: 'sub', overloads: adding(-1n) },
  ],
};
