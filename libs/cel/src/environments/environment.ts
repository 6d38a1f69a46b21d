import { type Declarations, declare } from '../check/declarations.ts';
import type { Library } from '../libraries/library.ts';
import { standardLibrary } from '../libraries/standard/standard-library.ts';
import type { Type } from '../types/type.ts';

/** What expressions of one use may refer to. Made once, used for any number of expressions. */
export interface Environment {
  readonly declarations: Declarations;
}

/**
 * The standard library, these libraries and these variables.
 *
 * @param variables their types by name
 */
export function defineEnvironment({
  variables,
  libraries,
}: {
  readonly variables: Readonly<Record<string, Type>>;
  readonly libraries: readonly Library[];
}): Environment {
  return { declarations: declare(variables, [standardLibrary, ...libraries]) };
}
