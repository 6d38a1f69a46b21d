import { BOOL, BYTES, INT, listOf, mapOf, STRING, type Type, type TypeKind, variable } from '../../types/type.ts';
import { elementOf } from '../../values/access.ts';
import { codePointCount } from '../../values/text.ts';
import { type CelResult, type CelValue } from '../../values/value.ts';
import { global, member } from '../define.ts';
import type { FunctionDeclaration, Overload } from '../library.ts';
import { sizeOf } from '../size.ts';

const A = variable('A');
const B = variable('B');

// The size of a list and of bytes is known; characters and keys must be counted, so many in the time of one unit.
const COUNTED_PER_UNIT: Partial<Record<TypeKind, number>> = { string: 300, map: 5 };

const sized = (type: Type): readonly Overload[] => {
  const perUnit = COUNTED_PER_UNIT[type.kind];
  const definition = {
    parameters: [type],
    result: INT,
    cost: ([value = null]: readonly CelValue[]) => (perUnit ? Math.max(1, Math.ceil(sizeOf(value) / perUnit)) : 1),
    call: ([value = null]: readonly CelValue[]): CelResult =>
      BigInt(typeof value === 'string' ? codePointCount(value) : sizeOf(value)),
  };
  return [global(definition), member(definition)];
};

const index = (parameters: readonly Type[], result: Type): Overload =>
  global<[CelValue, CelValue]>({ parameters, result, call: ([operand, key]) => elementOf(operand, key) });

/** `size`, and the operators `!`, `[]` and `?:` as the checker sees them. */
export const collections: readonly FunctionDeclaration[] = [
  { name: 'size', overloads: [STRING, listOf(A), mapOf(A, B), BYTES].flatMap(sized) },
  { name: '_[_]', overloads: [index([listOf(A), INT], A), index([mapOf(A, B), A], B)] },
  { name: '!_', overloads: [global<[boolean]>({ parameters: [BOOL], result: BOOL, call: ([value]) => !value })] },
  {
    name: '_?_:_',
    overloads: [
      global<[boolean, CelValue, CelValue]>({
        parameters: [BOOL, A, A],
        result: A,
        call: ([condition, one, other]) => (condition ? one : other),
      }),
    ],
  },
];
