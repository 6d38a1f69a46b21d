import type { FunctionDeclaration, Library, Overload } from '../libraries/library.ts';
import { type Type, typeOf, valueTypeName } from '../types/type.ts';

/** What an expression may refer to. */
export interface Declarations {
  readonly variables: ReadonlyMap<string, Type>;
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  /** Types of the identifiers that stand for types, such as `int` and `net.IP`. */
  readonly typeNames: ReadonlyMap<string, Type>;
}

/** Puts libraries together; overloads of one name add up in the order of the libraries. */
export function declare(variables: Readonly<Record<string, Type>>, libraries: readonly Library[]): Declarations {
  const functions = new Map<string, readonly Overload[]>();
  for (const { name, overloads } of libraries.flatMap((library): readonly FunctionDeclaration[] => library.functions))
    functions.set(name, [...(functions.get(name) ?? []), ...overloads]);
  const types = libraries.flatMap((library) => library.types ?? []);
  return {
    variables: new Map(Object.entries(variables)),
    functions,
    typeNames: new Map(types.map((type) => [valueTypeName(type) ?? type.name, typeOf(type)])),
  };
}
