import { CelError, parseInt64 } from './value.ts';

const NANOS: Record<string, bigint> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const PART = /([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/y;
const MAX_TEXT = 200;

/** A span of time, exact to the nanosecond; at most some 292 years. */
export class Duration {
  readonly typeName = 'google.protobuf.Duration';
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** The duration, or the error when it does not fit into 64 bits of nanoseconds. */
export function checkedDuration(nanos: bigint): Duration | CelError {
  return BigInt.asIntN(64, nanos) === nanos ? new Duration(nanos) : new CelError('duration overflow');
}

/** Reads `1h30m`, `-1.5s` or `0`; undefined when it is no duration. */
export function parseDuration(text: string): Duration | undefined {
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return new Duration(0n);
  if (unsigned === '' || text.length > MAX_TEXT) return undefined;
  let nanos = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < unsigned.length) {
    const part = partNanos(PART.exec(unsigned));
    if (part === undefined) return undefined;
    nanos += part;
  }
  const signed = text.startsWith('-') ? -nanos : nanos;
  return BigInt.asIntN(64, signed) === signed ? new Duration(signed) : undefined;
}

function partNanos(match: RegExpExecArray | null): bigint | undefined {
  const [, whole = '', fraction = '', unit = ''] = match ?? [];
  const factor = NANOS[unit];
  if (factor === undefined || whole + fraction === '') return undefined;
  const wholes = whole === '' ? 0n : parseInt64(whole);
  if (wholes === undefined) return undefined;
  return wholes * factor + (BigInt(fraction || '0') * factor) / 10n ** BigInt(fraction.length);
}

/** In seconds, such as `5400s` or `1.5s`. */
export function formatDuration({ nanos }: Duration): string {
  const magnitude = nanos < 0n ? -nanos : nanos;
  const fraction = String(magnitude % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${magnitude / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}s`;
}
