const SYNTAX = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:([numkMGTPE]?)|([KMGTPE]i)|[eE]([+-]?\d+))$/;
const DECIMAL = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 } as const;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Kubernetes keeps nothing finer. */
const FINEST = -9;
/** Longer numbers and larger exponents do not come from a cluster. */
const MAX_LENGTH = 100;
const MAX_EXPONENT = 300;

/**
 * A quantity as a double, by the rule of placement 6.8: all digits as one integer, times the binary factor, then one multiplication with a
 * power of ten. `undefined` when the text is no quantity.
 */
export function approximateQuantity(value: string | number): number | undefined {
  const text = String(value);
  const match = text.length > MAX_LENGTH ? null : SYNTAX.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', decimal, binary, exponent] = match;
  const power = exponent === undefined ? powerOf(decimal ?? '') : Number(exponent);
  if (Math.abs(power) > MAX_EXPONENT) return undefined;
  const amount = scaled(BigInt(whole + fraction) * factorOf(binary), power - fraction.length);
  return sign === '-' && amount !== 0 ? -amount : amount;
}

function powerOf(suffix: string): number {
  return DECIMAL[suffix as keyof typeof DECIMAL];
}

function factorOf(suffix: string | undefined): bigint {
  return suffix === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(suffix) + 1);
}

function scaled(digits: bigint, power: number): number {
  if (power < FINEST) {
    const divisor = 10n ** BigInt(FINEST - power);
    return scaled((digits + divisor - 1n) / divisor, FINEST);
  }
  return power === 0 ? Number(digits) : Number(digits) * Number(`1e${power}`);
}
