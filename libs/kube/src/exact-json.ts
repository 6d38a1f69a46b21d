import { randomUUID } from 'node:crypto';

/** A number exactly as it was written in the text; `JSON.stringify` writes it back unchanged. */
export interface RawNumber {
  readonly rawJSON: string;
}

// In Node 22 and later, but not yet in TypeScript's library.
interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}

const exactJson = JSON as unknown as ExactJson;

// What a text must contain to hold such a number. They may also match inside a string, which costs time only; each is written so that V8
// skips over the text quickly (together a sixth of what parsing takes).
const LONG = new RegExp('[0-9]'.repeat(16));
const FRACTION_OR_EXPONENT = /\d[.eE](?<=(?:"\s*:|[[,]|^)\s*-?\d+[.eE])/;
const MINUS_ZERO = /-0\s*(?:[,}\]]|$)/;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * As `JSON.parse`, but a number that would be written back in another form (an integer beyond 2^53, `1.0`, `1e3`, `-0`) becomes a
 * `RawNumber`, so that a body that is read and written is unchanged (work 22).
 *
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  if (!LONG.test(text) && !FRACTION_OR_EXPONENT.test(text) && !MINUS_ZERO.test(text))
    return JSON.parse(text) as unknown;
  try {
    return exactJson.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined && source !== String(value) ? exactJson.rawJSON(source) : value,
    );
  } catch (error) {
    if (error instanceof RangeError) return parseDeep(text);
    throw error;
  }
}

/**
 * As `parseExact`, for what is so deep that calling a reviver level by level overflows the stack: from some 2,500 levels on, where the API
 * server takes 10,000. Parsing alone has no such limit, so the numbers pass through it as strings that nobody else can have written.
 */
function parseDeep(text: string): unknown {
  const mark = randomUUID();
  const marked = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || token === String(Number(token)) ? token : `"${mark}${token}"`,
  );
  const root = { value: JSON.parse(marked) as unknown };
  const open: object[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const record = node as Record<string, unknown>;
    for (const [key, value] of Object.entries(record)) {
      if (typeof value === 'object' && value !== null) open.push(value);
      else if (typeof value === 'string' && value.startsWith(mark)) {
        record[key] = exactJson.rawJSON(value.slice(mark.length));
      }
    }
  }
  return root.value;
}

/** Whether a value of `parseExact` is a number kept as text. */
export function isRawNumber(value: unknown): value is RawNumber {
  return exactJson.isRawJSON(value);
}
