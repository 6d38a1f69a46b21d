import { traversal } from '../plan/meter.ts';
import { INT, listOf, DYN, STRING, type Type } from '../types/type.ts';
import { type CelList, ValueList } from '../values/list.ts';
import { codePoints } from '../values/text.ts';
import { CelError, type CelResult, typeName } from '../values/value.ts';
import { global, member } from './define.ts';
import { formatText } from './format-text.ts';
import type { FunctionDeclaration, Library } from './library.ts';
import { quote } from './quote.ts';
import { searchCost } from './size.ts';

const outOfRange = (index: bigint): CelError => new CelError(`index out of range: ${index}`);
const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const upper = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

/** A function of one text whose result is about as long. */
const ofText = (name: string, result: Type, call: (text: string) => CelResult): FunctionDeclaration => ({
  name,
  overloads: [
    member<[string]>({
      parameters: [STRING],
      result,
      cost: ([text]) => Math.max(1, traversal(text.length)),
      call: ([text]) => call(text),
    }),
  ],
});

const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Without white space, as Unicode defines it, at both ends. */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && SPACE.test(text.charAt(start))) start += 1;
  while (end > start && SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function charAt([text, index]: readonly [string, bigint]): CelResult {
  const points = codePoints(text);
  if (index < 0n || index > BigInt(points.size)) return outOfRange(index);
  return points.slice(Number(index), Number(index) + 1);
}

function indexOf([text, wanted, from = 0n]: readonly [string, string, bigint?]): CelResult {
  if (wanted === '') return from;
  const points = codePoints(text);
  if (from < 0n) return outOfRange(from);
  if (from >= BigInt(points.size)) return -1n;
  const found = text.indexOf(wanted, points.offsetOf(Number(from)));
  return found < 0 ? -1n : BigInt(points.positionOf(found));
}

function lastIndexOf([text, wanted, from]: readonly [string, string, bigint?]): CelResult {
  const points = codePoints(text);
  const last = from ?? BigInt(points.size);
  if (wanted === '') return last;
  if (last < 0n) return outOfRange(last);
  if (last >= BigInt(points.size) && from !== undefined) return -1n;
  const found = text.lastIndexOf(wanted, points.offsetOf(Number(last)));
  return found < 0 ? -1n : BigInt(points.positionOf(found));
}

function substring([text, start, end]: readonly [string, bigint, bigint?]): CelResult {
  const points = codePoints(text);
  const size = BigInt(points.size);
  const stop = end ?? size;
  if (end !== undefined && start > end) return new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > size) return outOfRange(start);
  if (stop < 0n || stop > size) return outOfRange(stop);
  return points.slice(Number(start), Number(stop));
}

/** How many times a text is replaced or split, at most; negative means as often as possible. */
const unlimited = (count: bigint): boolean => count < 0n || count > 2n ** 40n;

function replace([text, old, fresh, count = -1n]: readonly [string, string, string, bigint?]): CelResult {
  // Nothing is found before, between and after all characters.
  const parts = old === '' ? ['', ...Array.from(text), ''] : text.split(old);
  return atMost(parts, { limit: unlimited(count) ? parts.length : Number(count) + 1, separator: old }).join(fresh);
}

/** The parts, so many at most; the last one then is all the rest. */
function atMost(
  parts: readonly string[],
  { limit, separator }: { limit: number; separator: string },
): readonly string[] {
  if (parts.length <= limit) return parts;
  return limit === 0 ? [] : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function split([text, separator, count = -1n]: readonly [string, string, bigint?]): CelResult {
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  return new ValueList(atMost(parts, { limit: unlimited(count) ? parts.length : Number(count), separator }));
}

/** The result can be much longer than the text: with every character replaced, or something put between all of them. */
function replaceCost([text, old, fresh]: readonly [string, string, string, bigint?]): number {
  const times = Math.floor(text.length / Math.max(1, old.length)) + 1;
  const growth = Math.max(0, fresh.length - old.length) * times;
  return Math.max(searchCost(text, old), traversal(text.length * 2 + growth));
}

function joinedTexts([list, separator = '']: readonly [CelList, string?]): CelResult {
  const parts: string[] = [];
  for (const item of list) {
    if (typeof item !== 'string') return new CelError(`join: invalid input of type ${typeName(item)}`);
    parts.push(item);
  }
  return parts.join(separator);
}

function joinCost([list, separator = '']: readonly [CelList, string?]): number {
  let size = separator.length * Math.max(0, list.size - 1);
  for (const item of list) size += typeof item === 'string' ? item.length : 0;
  return traversal(Math.max(list.size, size * 2));
}

const SEARCH = { result: INT, cost: ([text, wanted]: readonly [string, string, bigint?]) => searchCost(text, wanted) };
const SPLIT = {
  result: listOf(STRING),
  cost: ([text, separator]: readonly [string, string, bigint?]) =>
    Math.max(searchCost(text, separator), traversal(text.length * 2)),
  call: split,
};
const SUBSTRING = {
  result: STRING,
  cost: ([text]: readonly [string, bigint, bigint?]) => traversal(text.length),
  call: substring,
};
const JOIN = { result: STRING, cost: joinCost, call: joinedTexts };
const REPLACE = { result: STRING, cost: replaceCost, call: replace };

/** The string extensions, of all versions. Positions count code points. */
export const stringLibrary: Library = {
  functions: [
    {
      name: 'charAt',
      overloads: [
        member<[string, bigint]>({
          parameters: [STRING, INT],
          result: STRING,
          cost: ([text]) => Math.max(1, Math.ceil(text.length / 300)),
          call: charAt,
        }),
      ],
    },
    {
      name: 'indexOf',
      overloads: [
        member<[string, string]>({ parameters: [STRING, STRING], ...SEARCH, call: indexOf }),
        member<[string, string, bigint]>({ parameters: [STRING, STRING, INT], ...SEARCH, call: indexOf }),
      ],
    },
    {
      name: 'lastIndexOf',
      overloads: [
        member<[string, string]>({ parameters: [STRING, STRING], ...SEARCH, call: lastIndexOf }),
        member<[string, string, bigint]>({ parameters: [STRING, STRING, INT], ...SEARCH, call: lastIndexOf }),
      ],
    },
    ofText('lowerAscii', STRING, lower),
    ofText('upperAscii', STRING, upper),
    ofText('trim', STRING, trim),
    ofText('reverse', STRING, (text) => Array.from(text).toReversed().join('')),
    {
      name: 'replace',
      overloads: [
        member<[string, string, string]>({ parameters: [STRING, STRING, STRING], ...REPLACE }),
        member<[string, string, string, bigint]>({ parameters: [STRING, STRING, STRING, INT], ...REPLACE }),
      ],
    },
    {
      name: 'split',
      overloads: [
        member<[string, string]>({ parameters: [STRING, STRING], ...SPLIT }),
        member<[string, string, bigint]>({ parameters: [STRING, STRING, INT], ...SPLIT }),
      ],
    },
    {
      name: 'substring',
      overloads: [
        member<[string, bigint]>({ parameters: [STRING, INT], ...SUBSTRING }),
        member<[string, bigint, bigint]>({ parameters: [STRING, INT, INT], ...SUBSTRING }),
      ],
    },
    {
      name: 'join',
      overloads: [
        member<[CelList]>({ parameters: [listOf(STRING)], ...JOIN }),
        member<[CelList, string]>({ parameters: [listOf(STRING), STRING], ...JOIN }),
      ],
    },
    {
      name: 'format',
      overloads: [
        member<[string, CelList]>({
          parameters: [STRING, listOf(DYN)],
          result: STRING,
          cost: ([template]) => traversal(template.length),
          call: ([template, args], { meter }) => formatText(template, args, meter),
        }),
      ],
    },
    {
      name: 'strings.quote',
      overloads: [
        global<[string]>({
          parameters: [STRING],
          result: STRING,
          cost: ([text]) => traversal(text.length),
          call: ([text]) => quote(text),
        }),
      ],
    },
  ],
};
