import type { Meter } from '../plan/meter.ts';
import { traversal } from '../plan/meter.ts';
import { Duration, formatDuration } from '../values/duration.ts';
import { CelList } from '../values/list.ts';
import { CelMap } from '../values/map.ts';
import { formatTimestamp, Timestamp } from '../values/timestamp.ts';
import { CelBytes, CelError, type CelResult, CelTypeValue, CelUint, type CelValue, typeName } from '../values/value.ts';
import { formatFixed, formatPlain, formatScientific } from './format-number.ts';

const CLAUSE = /%(?:(%)|(?:\.([0-9]*))?([a-zA-Z]?))/g;
const MAX_PRECISION = 1000;
const DEFAULT_PRECISION = 6;
const MAX_DEPTH = 100;

interface Clause {
  readonly argument: CelValue;
  readonly precision: number;
  /** Takes note of so many characters written. */
  readonly write: (size: number) => void;
}

type Formatter = (clause: Clause) => string | CelError;

/** The template with its clauses (`%s %d %f %e %b %o %x %X %%`) replaced by the arguments. */
export function formatText(template: string, args: CelList, meter: Meter): CelResult {
  const write = meter.visitor(traversal(template.length));
  const parts: string[] = [];
  let done = 0;
  let next = 0;
  for (const match of template.matchAll(CLAUSE)) {
    parts.push(template.slice(done, match.index));
    done = match.index + match[0].length;
    if (match[1] === '%') {
      parts.push('%');
      continue;
    }
    const text = formatClause(match, { argument: next < args.size ? args.at(next) : undefined, index: next, write });
    if (text instanceof CelError) return text;
    parts.push(text);
    next += 1;
  }
  parts.push(template.slice(done));
  return parts.join('');
}

interface Place {
  readonly argument: CelValue | undefined;
  readonly index: number;
  readonly write: (size: number) => void;
}

function formatClause(
  [, , digits, letter = '']: RegExpExecArray,
  { argument, index, write }: Place,
): string | CelError {
  if (letter === '') return new CelError('could not parse formatting clause: unexpected end of string');
  const formatter = FORMATTERS[letter];
  if (!formatter) return new CelError(`could not parse formatting clause: unrecognized formatting clause "${letter}"`);
  const precision = digits === undefined ? DEFAULT_PRECISION : parsePrecision(digits);
  if (precision instanceof CelError) return precision;
  if (argument === undefined) return new CelError(`index ${index} out of range`);
  const text = formatter({ argument, precision, write });
  return text instanceof CelError ? new CelError(`error during formatting: ${text.message}`) : text;
}

function parsePrecision(digits: string): number | CelError {
  const precision = digits === '' || digits.length > 4 ? Number.NaN : Number(digits);
  if (precision <= MAX_PRECISION) return precision;
  return new CelError(
    `could not parse formatting clause: error while parsing precision: "${digits.slice(0, 20)}" is not a number up to ${MAX_PRECISION}`,
  );
}

const wrongType = (rule: string, argument: CelValue): CelError =>
  new CelError(`${rule}, was given ${typeName(argument)}`);

/** The whole number that a value is, if it is one. */
function integerOf(value: CelValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return value instanceof CelUint ? value.value : undefined;
}

/** A formatter of numbers; what has no digits is written as a word. */
const ofNumber =
  (clause: string, format: (value: number, precision: number) => string): Formatter =>
  ({ argument, precision, write }) => {
    const whole = integerOf(argument);
    const value = whole === undefined ? argument : Number(whole);
    if (typeof value !== 'number')
      return wrongType(`${clause} clause can only be used on ints, uints, and doubles`, argument);
    if (!Number.isFinite(value)) return formatPlain(value);
    write(precision);
    return format(value, precision);
  };

const decimal: Formatter = ({ argument }) => {
  const whole = integerOf(argument);
  if (whole !== undefined) return String(whole);
  if (typeof argument === 'number') return formatPlain(argument);
  return wrongType('decimal clause can only be used on ints, uints, and doubles', argument);
};

const binary: Formatter = ({ argument }) => {
  const whole = typeof argument === 'boolean' ? BigInt(argument) : integerOf(argument);
  return whole?.toString(2) ?? wrongType('only ints, uints, and bools can be formatted as binary', argument);
};

const octal: Formatter = ({ argument }) =>
  integerOf(argument)?.toString(8) ?? wrongType('octal clause can only be used on ints and uints', argument);

const hexadecimal: Formatter = ({ argument, write }) => {
  const whole = integerOf(argument);
  if (whole !== undefined) return whole.toString(16);
  const bytes = argument instanceof CelBytes ? argument.bytes : argument;
  if (typeof bytes !== 'string' && !(bytes instanceof Uint8Array))
    return wrongType('only ints, uints, bytes, and strings can be formatted as hex', argument);
  write(bytes.length * 2);
  return Buffer.from(bytes as Uint8Array).toString('hex');
};

const upperHexadecimal: Formatter = (clause) => {
  const text = hexadecimal(clause);
  return text instanceof CelError ? text : text.toUpperCase();
};

const FORMATTERS: Readonly<Record<string, Formatter>> = {
  s: ({ argument, write }) => textOf(argument, { write, depth: 0 }),
  d: decimal,
  f: ofNumber('fixed-point', formatFixed),
  e: ofNumber('scientific', formatScientific),
  b: binary,
  o: octal,
  x: hexadecimal,
  X: upperHexadecimal,
};

interface Writing {
  readonly write: (size: number) => void;
  readonly depth: number;
}

const STRING_RULE =
  'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps';

function textOf(value: CelValue, writing: Writing): string | CelError {
  if (value instanceof CelList || value instanceof CelMap) return containerText(value, writing);
  if (typeof value === 'string' || value instanceof CelBytes) return rawText(value, writing);
  writing.write(1);
  return scalarText(value) ?? wrongType(STRING_RULE, value);
}

function rawText(value: string | CelBytes, { write }: Writing): string {
  write(typeof value === 'string' ? value.length : value.bytes.length);
  return typeof value === 'string' ? value : Buffer.from(value.bytes).toString('utf8');
}

function scalarText(value: CelValue): string | undefined {
  if (typeof value === 'number') return formatPlain(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof Timestamp) return formatTimestamp(value);
  return value instanceof Duration ? formatDuration(value) : undefined;
}

function containerText(value: CelList | CelMap, { write, depth }: Writing): string | CelError {
  if (depth >= MAX_DEPTH) return new CelError('value nests too deeply to be written');
  write(value.size * 2 + 2);
  const inner = { write, depth: depth + 1 };
  const parts = value instanceof CelList ? listParts(value, inner) : mapParts(value, inner);
  if (parts instanceof CelError) return parts;
  return value instanceof CelList ? `[${parts.join(', ')}]` : `{${parts.toSorted().join(', ')}}`;
}

function listParts(list: CelList, writing: Writing): string[] | CelError {
  const parts: string[] = [];
  for (const item of list) {
    const text = textOf(item, writing);
    if (text instanceof CelError) return text;
    parts.push(text);
  }
  return parts;
}

function mapParts(map: CelMap, writing: Writing): string[] | CelError {
  const parts: string[] = [];
  for (const key of map.keys()) {
    const [name, text] = [textOf(key, writing), textOf(map.get(key) ?? null, writing)];
    if (name instanceof CelError) return name;
    if (text instanceof CelError) return text;
    parts.push(`${name}: ${text}`);
  }
  return parts;
}
