import { isNativeError } from 'node:util/types';

/** Whether something thrown is an error, also one of Node's from outside a sandbox. */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || isNativeError(thrown);
}

/** The `code` of an error of Node, such as `ENOENT`. */
export function errorCode(thrown: unknown): string | undefined {
  return isError(thrown) && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
