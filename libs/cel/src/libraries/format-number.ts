/** A double as a fraction of whole numbers. */
function fraction(value: number): { readonly numerator: bigint; readonly denominator: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (biased === 0 ? 0n : 1n << 52n);
  const exponent = Math.max(biased, 1) - 1075;
  return exponent >= 0
    ? { numerator: mantissa << BigInt(exponent), denominator: 1n }
    : { numerator: mantissa, denominator: 1n << BigInt(-exponent) };
}

/** Rounded to the nearest whole number, a half to the even one. */
function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

const sign = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '');

/** A finite double with so many decimals, rounded exactly, such as `1.500`. */
export function formatFixed(value: number, decimals: number): string {
  const { numerator, denominator } = fraction(value);
  const digits = String(roundedQuotient(numerator * 10n ** BigInt(decimals), denominator)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${sign(value)}${whole}${decimals === 0 ? '' : `.${digits.slice(digits.length - decimals)}`}`;
}

/** A finite double with one digit before the point and so many after it, rounded exactly, such as `1.500e+03`. */
export function formatScientific(value: number, decimals: number): string {
  if (value === 0) return `${sign(value)}${withPoint('0'.repeat(decimals + 1))}e+00`;
  const { numerator, denominator } = fraction(value);
  let power = Number(value.toExponential().split('e')[1] ?? 0);
  const shift = BigInt(Math.abs(decimals - power));
  const scaled =
    decimals >= power
      ? roundedQuotient(numerator * 10n ** shift, denominator)
      : roundedQuotient(numerator, denominator * 10n ** shift);
  let digits = String(scaled);
  if (digits.length > decimals + 1) {
    // rounded up to the next power of ten
    power += 1;
    digits = digits.slice(0, -1);
  }
  const exponent = String(Math.abs(power)).padStart(2, '0');
  return `${sign(value)}${withPoint(digits)}e${power < 0 ? '-' : '+'}${exponent}`;
}

const withPoint = (digits: string): string => (digits.length > 1 ? `${digits.slice(0, 1)}.${digits.slice(1)}` : digits);

/** The shortest digits that read back as the same double, without exponent. */
export function formatPlain(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const power = Number(exponent);
  if (power < 0) return `${sign(value)}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  const rest = digits.slice(power + 1);
  return `${sign(value)}${whole}${rest === '' ? '' : `.${rest}`}`;
}
