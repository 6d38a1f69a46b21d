import { isNativeError } from 'node:util/types';

/** Whether something thrown is an error, also one of Node's from outside a sandbox. */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || isNativeError(thrown);
}

/** The `code` of an error of Node, such as `ENOENT`. */
export function errorCode(thrown: unknown): string | undefined {
  return isError(thrown) && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** How far a chain of causes is followed; it may bite its own tail. */
const MAX_CAUSES = 8;

/** The error itself, what caused it, what caused that, and so on. */
export function causeChain(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let current = thrown; current !== undefined && current !== null && chain.length < MAX_CAUSES;) {
    chain.push(current);
    current = isError(current) ? current.cause : undefined;
  }
  return chain;
}
