/** Which family of suffixes a quantity was written with. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** An exact amount of a resource, in units of 10⁻⁹, with the format that it prefers to be written in. */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

const NANOS = 1_000_000_000n;
/** What Kubernetes caps quantities with binary suffixes at. */
const MAX_BINARY_NANOS = (2n ** 63n - 1n) * NANOS;
/** Digits and exponents beyond this are refused rather than computed with. */
const MAX_DIGITS = 100;

const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const SYNTAX = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:([numkMGTPE]?)|([KMGTPE]i)|[eE]([+-]?\d+))$/;

interface Parts {
  readonly negative: boolean;
  readonly digits: bigint;
  /** Power of ten of the last digit. */
  readonly scale: number;
  readonly factor: bigint;
  readonly format: QuantityFormat;
}

/**
 * Reads a Kubernetes quantity, such as `1500m`, `1.5Gi` or `2e3`. What is finer than 10⁻⁹ is rounded away from zero.
 *
 * @throws RangeError when the text is not a quantity
 */
export function parseQuantity(value: string | number): Quantity {
  const { negative, digits, scale, factor, format } = parseParts(String(value));
  const magnitude =
    scale >= 0 ? digits * 10n ** BigInt(scale) * factor : divideUp(digits * factor, 10n ** BigInt(-scale));
  const nanos = format === 'BinarySI' && magnitude > MAX_BINARY_NANOS ? MAX_BINARY_NANOS : magnitude;
  return { nanos: negative ? -nanos : nanos, format };
}

/** The exact sum. It prefers the format of the first operand, unless that is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

/**
 * The canonical form: no fraction, the largest suffix that needs none, no precision lost. A binary quantity below 1024, or with a
 * fraction, is written in decimal.
 */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0';
  const sign = nanos < 0n ? '-' : '';
  const magnitude = nanos < 0n ? -nanos : nanos;
  const binary = format === 'BinarySI' && magnitude >= 1024n * NANOS && magnitude % NANOS === 0n;
  if (binary) {
    const { mantissa, times } = extract(magnitude / NANOS, 1024n, BINARY_SUFFIXES.length - 1);
    return `${sign}${mantissa}${BINARY_SUFFIXES[times] ?? ''}`;
  }
  const { mantissa, times } = extract(magnitude, 1000n, DECIMAL_SUFFIXES.length - 1);
  return `${sign}${mantissa}${decimalSuffix(times, format)}`;
}

/**
 * The exact sum of quantities in canonical form; `0` for none (registration 12.1).
 *
 * @throws RangeError when a value is not a quantity
 */
export function sumQuantities(values: readonly (string | number)[]): string {
  const zero: Quantity = { nanos: 0n, format: 'DecimalSI' };
  return formatQuantity(values.map(parseQuantity).reduce(addQuantities, zero));
}

function parseParts(text: string): Parts {
  const match = text.length > MAX_DIGITS ? null : SYNTAX.exec(text);
  if (!match) throw notAQuantity(text);
  const [, sign, whole = '', fraction = '', decimal = '', binary, exponent] = match;
  const power =
    exponent === undefined ? 3 * DECIMAL_SUFFIXES.findIndex((each) => each === decimal) - 9 : Number(exponent);
  if (Math.abs(power) > MAX_DIGITS) throw notAQuantity(text);
  return {
    negative: sign === '-',
    digits: BigInt(whole + fraction),
    scale: power + 9 - fraction.length,
    factor: 1024n ** BigInt(BINARY_SUFFIXES.findIndex((each) => each === (binary ?? ''))),
    format: formatOf(binary, exponent),
  };
}

function formatOf(binary: string | undefined, exponent: string | undefined): QuantityFormat {
  if (binary !== undefined) return 'BinarySI';
  return exponent === undefined ? 'DecimalSI' : 'DecimalExponent';
}

/** Divides as often as possible without remainder, but at most `limit` times. */
function extract(value: bigint, divisor: bigint, limit: number): { readonly mantissa: bigint; readonly times: number } {
  let mantissa = value;
  let times = 0;
  while (times < limit && mantissa % divisor === 0n) {
    mantissa /= divisor;
    times += 1;
  }
  return { mantissa, times };
}

function decimalSuffix(times: number, format: QuantityFormat): string {
  if (format !== 'DecimalExponent') return DECIMAL_SUFFIXES[times] ?? '';
  const exponent = 3 * times - 9;
  return exponent === 0 ? '' : `e${exponent}`;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

function notAQuantity(text: string): RangeError {
  return new RangeError(
    `"${text.slice(0, MAX_DIGITS)}" is not a quantity; allowed is a number with an optional suffix: ` +
      'n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent such as e3',
  );
}
