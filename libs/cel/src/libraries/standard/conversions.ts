import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  STRING,
  TIMESTAMP,
  type Type,
  typeOf,
  UINT,
  variable,
} from '../../types/type.ts';
import { type Duration, formatDuration, parseDuration } from '../../values/duration.ts';
import { formatDouble, parseDouble } from '../../values/number.ts';
import { checkedTimestamp, formatTimestamp, parseTimestamp, type Timestamp } from '../../values/timestamp.ts';
import {
  CelBytes,
  CelError,
  type CelResult,
  CelTypeValue,
  CelUint,
  type CelValue,
  checkedInt,
  checkedUint,
  INT_OVERFLOW,
  parseInt64,
  typeName,
  UINT_OVERFLOW,
} from '../../values/value.ts';
import { global } from '../define.ts';
import type { FunctionDeclaration, Overload } from '../library.ts';
import { firstTraversal } from '../size.ts';

const NANOS_PER_SECOND = 1_000_000_000n;
const BOOLEANS = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

const A = variable('A');
const failed = (from: string, to: string): CelError => new CelError(`type conversion error from '${from}' to '${to}'`);

/** A conversion of a value that is of one type already, or that cannot fail for another reason than range. */
const convert = (from: Type, to: Type, call: (value: never) => CelResult): Overload =>
  global<[CelValue]>({ parameters: [from], result: to, call: ([value]) => call(value as never) });

/** A conversion of text, which fails with the usual error when `read` does not know it. */
const fromText = (to: Type, target: string, read: (text: string) => CelResult | undefined): Overload =>
  global<[string]>({
    parameters: [STRING],
    result: to,
    cost: ([text]) => 1 + Math.floor(text.length / 100),
    call: ([text]) => read(text) ?? failed('string', target),
  });

const same = (type: Type): Overload => convert(type, type, (value: CelValue) => value);
const wholeNumber = (value: number): bigint | undefined =>
  Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
const secondsOf = ({ nanos }: Timestamp): bigint =>
  nanos >= 0n || nanos % NANOS_PER_SECOND === 0n ? nanos / NANOS_PER_SECOND : nanos / NANOS_PER_SECOND - 1n;

function doubleToInt(value: number): CelResult {
  const whole = wholeNumber(value);
  // The neighbours of the limits, as doubles, are not exact: they count as beyond.
  return whole === undefined || Math.abs(value) >= 2 ** 63 ? INT_OVERFLOW : whole;
}

function doubleToUint(value: number): CelResult {
  const whole = wholeNumber(value);
  return whole === undefined || value < 0 || value >= 2 ** 64 ? UINT_OVERFLOW : new CelUint(whole);
}

function parseUint(text: string): CelUint | undefined {
  if (!/^[0-9]{1,30}$/.test(text)) return undefined;
  const value = checkedUint(BigInt(text));
  return value instanceof CelUint ? value : undefined;
}

function decodeText({ bytes }: CelBytes): CelResult {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const toText: readonly Overload[] = [
  same(STRING),
  convert(BOOL, STRING, String),
  convert(INT, STRING, String),
  convert(UINT, STRING, ({ value }: CelUint) => String(value)),
  convert(DOUBLE, STRING, formatDouble),
  global<[CelBytes]>({
    parameters: [BYTES],
    result: STRING,
    cost: firstTraversal,
    call: ([bytes]) => decodeText(bytes),
  }),
  convert(TIMESTAMP, STRING, formatTimestamp),
  convert(DURATION, STRING, formatDuration),
];

/** `type`, `dyn` and the functions that are named like the type that they make. */
export const conversions: readonly FunctionDeclaration[] = [
  { name: 'type', overloads: [convert(A, typeOf(A), (value: CelValue) => new CelTypeValue(typeName(value)))] },
  { name: 'dyn', overloads: [convert(A, DYN, (value: CelValue) => value)] },
  { name: 'bool', overloads: [same(BOOL), fromText(BOOL, 'bool', (text) => BOOLEANS.get(text))] },
  { name: 'string', overloads: toText },
  {
    name: 'bytes',
    overloads: [
      same(BYTES),
      global<[string]>({
        parameters: [STRING],
        result: BYTES,
        cost: firstTraversal,
        call: ([text]) => new CelBytes(Buffer.from(text, 'utf8')),
      }),
    ],
  },
  {
    name: 'int',
    overloads: [
      same(INT),
      convert(DOUBLE, INT, doubleToInt),
      convert(UINT, INT, ({ value }: CelUint) => checkedInt(value)),
      fromText(INT, 'int', parseInt64),
      convert(TIMESTAMP, INT, secondsOf),
      convert(DURATION, INT, ({ nanos }: Duration) => nanos),
    ],
  },
  {
    name: 'uint',
    overloads: [
      same(UINT),
      convert(INT, UINT, checkedUint),
      convert(DOUBLE, UINT, doubleToUint),
      fromText(UINT, 'uint', parseUint),
    ],
  },
  {
    name: 'double',
    overloads: [
      same(DOUBLE),
      convert(INT, DOUBLE, Number),
      convert(UINT, DOUBLE, ({ value }: CelUint) => Number(value)),
      fromText(DOUBLE, 'double', parseDouble),
    ],
  },
  {
    name: 'timestamp',
    overloads: [
      same(TIMESTAMP),
      convert(INT, TIMESTAMP, (seconds: bigint) => checkedTimestamp(seconds * NANOS_PER_SECOND)),
      fromText(TIMESTAMP, 'google.protobuf.Timestamp', parseTimestamp),
    ],
  },
  {
    name: 'duration',
    overloads: [
      same(DURATION),
      convert(INT, DURATION, () => failed('int', 'google.protobuf.Duration')),
      fromText(DURATION, 'google.protobuf.Duration', parseDuration),
    ],
  },
];
