import { CelError, CelUint, type CelValue } from './value.ts';

export const UNORDERED = new CelError('NaN values cannot be ordered');

/** Whether a value is an int, a uint or a double; they compare with each other by value. */
export function isNumeric(value: CelValue): value is bigint | number | CelUint {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof CelUint;
}

/** Below, at or above 0 as the first is smaller, equal or greater; NaN when either is NaN. With a double both are compared as doubles. */
export function compareNumbers(one: bigint | number | CelUint, other: bigint | number | CelUint): number {
  const [left, right] = [one, other].map((value) => (value instanceof CelUint ? value.value : value));
  if (typeof left === 'number' || typeof right === 'number') return difference(Number(left), Number(right));
  return difference(left ?? 0n, right ?? 0n);
}

function difference<T extends bigint | number>(left: T, right: T): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right ? 0 : Number.NaN;
}

const DOUBLE_TEXT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL_DOUBLES = new Map([
  ['nan', Number.NaN],
  ['inf', Infinity],
  ['infinity', Infinity],
]);

/** Reads whole text as a double; undefined when it is none or beyond the largest one. */
export function parseDouble(text: string): number | undefined {
  if (DOUBLE_TEXT.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const special = SPECIAL_DOUBLES.get(text.slice(0, 10).replace(/^[+-]/, '').toLowerCase());
  return special !== undefined && text.startsWith('-') ? -special : special;
}

/** The shortest text that reads back as the same double; with an exponent, of at least two digits, below 1e-4 and from 1e6. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
