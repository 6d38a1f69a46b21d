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

/**
 * As `JSON.parse`, but a number that would be written back in another form (an integer beyond 2^53, `1.0`, `1e3`, `-0`) becomes a
 * `RawNumber`, so that a body that is read and written is unchanged (work 22).
 *
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  if (!LONG.test(text) && !FRACTION_OR_EXPONENT.test(text) && !MINUS_ZERO.test(text))
    return JSON.parse(text) as unknown;
  return exactJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? exactJson.rawJSON(source) : value,
  );
}

/** Whether a value of `parseExact` is a number kept as text. */
export function isRawNumber(value: unknown): value is RawNumber {
  return exactJson.isRawJSON(value);
}
