import { type CloudEvent, EventError } from './event.ts';

const MOST_DEPTH = 1000;
/** Far more than what fits into an object of the hub, and what is read in a fraction of a second. */
const MOST_VALUES = 250_000;

export interface JsonObjectOptions {
  /** Default `JSON.parse`. */
  readonly parse?: (text: string) => unknown;
  /** How many values the text may have; default 250,000. */
  readonly mostValues?: number;
}

/**
 * @param what it is, for the message
 * @throws EventError naming what it is when the text is no JSON object, or one that is nested too deep or has too many values for whoever
 * walks through it: a text of a few megabytes can take seconds to read
 */
export function parseJsonObject(
  text: string,
  what: string,
  { parse = (plain) => JSON.parse(plain) as unknown, mostValues = MOST_VALUES }: JsonObjectOptions = {},
): object {
  const { depth, values } = shapeOf(text);
  if (depth > MOST_DEPTH) throw new EventError(`${what} is nested deeper than ${MOST_DEPTH}`);
  if (values > mostValues) throw new EventError(`${what} has more than ${mostValues} values`);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new EventError(`${what} is no JSON`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EventError(`${what} is no JSON object`);
  }
  return value;
}

/** How many JSON values an event brings, in its payload and its attributes: what it costs to read grows with them rather than with its bytes. */
export function countJsonValues({ data, extensions }: Pick<CloudEvent, 'data' | 'extensions'>): number {
  const texts = [...extensions.values()].flatMap((attribute) => (attribute.kind === 'string' ? attribute.value : []));
  if (data !== undefined) texts.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1'));
  return texts.reduce((sum, text) => sum + shapeOf(text).values, 0);
}

/** How deep arrays and objects of a JSON text are nested, and how many values there are, counting each comma and each bracket that opens. */
function shapeOf(text: string): { readonly depth: number; readonly values: number } {
  let open = 0;
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at + 1);
        break;
      case ',':
        values += 1;
        break;
      case '[':
      case '{':
        values += 1;
        depth = Math.max(depth, (open += 1));
        break;
      case ']':
      case '}':
        open -= 1;
        break;
      default:
    }
  }
  return { depth, values };
}

/** Where the string ends that has begun before `from`. */
function endOfString(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
