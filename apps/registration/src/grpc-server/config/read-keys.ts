import { ConfigError, parseGoDuration } from '@ocm/service';

/** Timers of the runtime take no more, 24.8 days, and fire at once when they are asked to. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface KeyBase {
  /** `false`: the key is checked, and nothing follows from it. */
  readonly hasEffect?: boolean;
}

/** One key of a configuration file; without a default it may be absent. */
export type Key = KeyBase &
  (
    | { readonly type: 'text'; readonly default: string }
    /** A text that is not empty. */
    | { readonly type: 'path'; readonly default: string }
    | { readonly type: 'integer'; readonly default: number; readonly least: number; readonly most: number }
    | { readonly type: 'boolean'; readonly default: boolean }
    /** In the file as Go writes it, such as `1m30s`; in milliseconds here, and more than `moreThanMs` (0 unless given). */
    | { readonly type: 'duration'; readonly default?: string; readonly moreThanMs?: number }
  );

export type KeyTable = Readonly<Record<string, Key>>;

/** What a table of keys stands for. */
export type KeyValues<Table extends KeyTable> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

type ValueOf<K extends Key> = K['type'] extends 'integer'
  ? number
  : K['type'] extends 'boolean'
    ? boolean
    : K['type'] extends 'duration'
      ? number | (K extends { readonly default: string } ? never : undefined)
      : string;

export interface ReadKeys<Table extends KeyTable> {
  readonly values: KeyValues<Table>;
  /** Keys of the file that the table does not have. */
  readonly unknown: readonly string[];
  /** Keys of the file that nothing follows from. */
  readonly withoutEffect: readonly string[];
}

/**
 * The values of a configuration, with defaults for what is absent or null.
 *
 * @param content a map, or nothing
 * @throws ConfigError that names every key whose value cannot be used, that value, and what is allowed
 */
export function readKeys<const Table extends KeyTable>(table: Table, content: unknown): ReadKeys<Table> {
  const given = content ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw new ConfigError(['the file must hold a map of keys']);
  const present = new Map(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
  const problems: string[] = [];
  const values = Object.entries(table).map(([name, key]) => {
    const read = readKey(key, present.has(name) ? present.get(name) : key.default);
    if ('allowed' in read) problems.push(`${name} must be ${read.allowed}, got ${JSON.stringify(present.get(name))}`);
    return [name, 'allowed' in read ? undefined : read.value];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    values: Object.fromEntries(values) as KeyValues<Table>, // every key was read as its type says
    unknown: [...present.keys()].filter((name) => !Object.hasOwn(table, name)),
    withoutEffect: [...present.keys()].filter((name) => table[name]?.hasEffect === false),
  };
}

type Read = { readonly value: unknown } | { readonly allowed: string };

function readKey(key: Key, value: unknown): Read {
  switch (key.type) {
    case 'text':
      return valueIf(typeof value === 'string', value, 'a text');
    case 'path':
      return valueIf(typeof value === 'string' && value !== '', value, 'the path of a file');
    case 'boolean':
      return valueIf(typeof value === 'boolean', value, 'true or false');
    case 'integer':
      return valueIf(isIntegerWithin(value, key), value, `a whole number from ${key.least} to ${key.most}`);
    case 'duration':
      return value === undefined ? { value } : readDuration(value, key.moreThanMs ?? 0);
  }
}

function valueIf(isAllowed: boolean, value: unknown, allowed: string): Read {
  return isAllowed ? { value } : { allowed };
}

function isIntegerWithin(value: unknown, { least, most }: { readonly least: number; readonly most: number }): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function readDuration(value: unknown, moreThanMs: number): Read {
  const ms = typeof value === 'string' ? parseGoDuration(value) : undefined;
  if (ms === undefined || ms <= moreThanMs) return { allowed: `a duration such as 1m30s, more than ${moreThanMs} ms` };
  return { value: Math.min(ms, LONGEST_TIMER_MS) };
}
