import { ConfigError } from '../config-error.ts';
import { parseFeatureGates } from '../feature-gates.ts';
import type { Flag } from './flag.ts';
import { parseGoBoolean } from './go-boolean.ts';
import { parseGoDuration } from './go-duration.ts';

/** A value of any flag, or what is wrong with the texts that were given for it. */
export type ParsedFlag =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** Reads what was given for one flag, in order of appearance; nothing given means the default. */
export function parseFlag(flag: Flag, given: readonly string[]): ParsedFlag {
  if (given.length === 0) return { kind: 'value', value: defaultOf(flag) };
  const parse = PARSERS[flag.type] as Parser<Flag>; // the table pairs each type with its parser
  return parse(flag, given);
}

type Parser<F extends Flag> = (flag: F, given: readonly string[]) => ParsedFlag;

const PARSERS: { readonly [T in Flag['type']]: Parser<Extract<Flag, { readonly type: T }>> } = {
  string: (flag, given) => parseString(flag, given.at(-1) ?? ''),
  integer: scalar(parseInteger, 'a whole number'),
  number: scalar(parseNumber, 'a number'),
  boolean: scalar(parseGoBoolean, 'true or false'),
  duration: scalar(parseGoDuration, 'a duration such as 30s, 5m or 1h30m'),
  list: (flag, given) => checked(flag, given.flatMap(splitList), given.join(',')),
  array: (flag, given) => checked(flag, [...given], given.join(',')),
  map: parseMap,
  gates: parseGates,
};

/** The value of a flag that nobody gives; for a duration in milliseconds. */
function defaultOf(flag: Flag): unknown {
  if (flag.type === 'gates') return parseFeatureGates(flag.gates, {});
  if (flag.type !== 'duration' || flag.default === undefined) return flag.default;
  const ms = parseGoDuration(flag.default);
  if (ms === undefined) throw new TypeError(`the default "${flag.default}" of --${flag.name} is not a duration`);
  return ms;
}

function parseString(flag: Flag & { readonly type: 'string' }, text: string): ParsedFlag {
  if (text === '' && flag.default === undefined) return { kind: 'value', value: undefined };
  if (flag.allowed !== undefined && !flag.allowed.includes(text)) {
    return problem(flag, text, `must be one of ${flag.allowed.map((value) => `"${value}"`).join(', ')}`);
  }
  return checked(flag, text, text);
}

interface Scalar<Value> {
  readonly name: string;
  readonly default?: unknown;
  readonly check?: (value: Value) => string | undefined;
}

function scalar<Value>(
  parse: (text: string) => Value | undefined,
  expected: string,
): (flag: Scalar<Value>, given: readonly string[]) => ParsedFlag {
  return (flag, given) => {
    const text = given.at(-1) ?? '';
    if (text === '' && flag.default === undefined) return { kind: 'value', value: undefined };
    const value = parse(text);
    return value === undefined ? problem(flag, text, `must be ${expected}`) : checked(flag, value, text);
  };
}

function parseMap(flag: Flag & { readonly type: 'map' }, given: readonly string[]): ParsedFlag {
  const pairs = pairsOf(given);
  const bad = pairs.find((pair) => pair.value === undefined);
  if (bad !== undefined) return problem(flag, bad.text, 'must be a list of key=value');
  const map = Object.freeze(Object.fromEntries(pairs.map(({ key, value }) => [key, value ?? ''])));
  return checked(flag, map, given.join(','));
}

function parseGates(flag: Flag & { readonly type: 'gates' }, given: readonly string[]): ParsedFlag {
  const values = Object.fromEntries(pairsOf(given).map(({ key, value }) => [key, value ?? '']));
  try {
    return { kind: 'value', value: parseFeatureGates(flag.gates, values) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { kind: 'problems', problems: error.problems.map((text) => `--${flag.name}: ${text}`) };
  }
}

interface Pair {
  readonly text: string;
  readonly key: string;
  /** Absent when there is no `=`. */
  readonly value: string | undefined;
}

/** `k=v` texts, from repeated comma lists. An empty list is nothing, an empty member is a bad pair. */
function pairsOf(given: readonly string[]): readonly Pair[] {
  return given.flatMap(splitList).map((text) => {
    const at = text.indexOf('=');
    return at <= 0
      ? { text, key: text.trim(), value: undefined }
      : { text, key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
  });
}

function splitList(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
}

function parseInteger(text: string): number | undefined {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

function checked<Value>(
  flag: { readonly name: string; readonly check?: (value: Value) => string | undefined },
  value: Value,
  text: string,
): ParsedFlag {
  const complaint = flag.check?.(value);
  return complaint === undefined ? { kind: 'value', value } : problem(flag, text, complaint);
}

function problem({ name }: { readonly name: string }, text: string, complaint: string): ParsedFlag {
  return { kind: 'problems', problems: [`${name === 'v' ? '-v' : `--${name}`} ${complaint}, got "${text}"`] };
}
