import type { CelMap } from './map.ts';
import type { CelList } from './list.ts';
import type { Duration } from './duration.ts';
import type { Timestamp } from './timestamp.ts';

/** A value of CEL: int is a bigint, double a number. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | CelUint
  | CelBytes
  | CelList
  | CelMap
  | CelOptional
  | Timestamp
  | Duration
  | CelTypeValue
  | CelOpaque;

/** What an expression comes to when it has no value. A value itself: `true || error` is true. */
export class CelError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** What a function or an expression comes to. */
export type CelResult = CelValue | CelError;

export class CelUint {
  readonly typeName = 'uint';
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

export class CelBytes {
  readonly typeName = 'bytes';
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** `held` is undefined for `optional.none()`. */
export class CelOptional {
  readonly typeName = 'optional_type';
  readonly held: CelValue | undefined;
  constructor(held: CelValue | undefined) {
    this.held = held;
  }
}

export const NONE = new CelOptional(undefined);

/** A type as a value, such as `int` or `type(1)`. */
export class CelTypeValue {
  readonly typeName = 'type';
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value that only functions of a library can look into. */
export abstract class CelOpaque {
  abstract readonly typeName: string;
  /** What cost is reckoned on; 1 unless the value is parsed over and over. */
  readonly size: number = 1;
  /** @param other of the same `typeName` */
  abstract equals(other: CelOpaque): boolean;
}

const PRIMITIVES: Record<string, string> = { string: 'string', bigint: 'int', number: 'double', boolean: 'bool' };

/** The name of the type of a value, as `expected bool result, got <name>` has it: `int`, `list`, `null_type`, `net.IP`. */
export function typeName(value: CelValue): string {
  if (value === null) return 'null_type';
  if (typeof value === 'object') return value.typeName;
  return PRIMITIVES[typeof value] ?? 'unknown';
}

export const NO_SUCH_OVERLOAD = new CelError('no such overload');
export const INT_OVERFLOW = new CelError('integer overflow');
export const UINT_OVERFLOW = new CelError('unsigned integer overflow');

const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/** The int, or the error of an overflow. */
export function checkedInt(value: bigint): bigint | CelError {
  return value >= -MAX_INT - 1n && value <= MAX_INT ? value : INT_OVERFLOW;
}

export function checkedUint(value: bigint): CelUint | CelError {
  return value >= 0n && value <= MAX_UINT ? new CelUint(value) : UINT_OVERFLOW;
}

/** Reads whole text as an int; undefined when it is none or does not fit. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]{1,30}$/.test(text)) return undefined;
  const value = text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  return checkedInt(value) === value ? value : undefined;
}
