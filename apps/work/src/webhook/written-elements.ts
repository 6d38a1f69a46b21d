/**
 * The elements of a list inside a JSON text, as they are written there: what `JSON.parse` makes of them has forgotten spaces, escapes and
 * the form of numbers.
 *
 * @param text valid JSON
 * @param path names of nested members that lead to the list
 * @returns nothing when there is no such list
 */
export function writtenElements(text: string, path: readonly string[]): readonly string[] {
  let start = skipSpace(text, 0);
  for (const name of path) {
    const member = startOfMember(text, start, name);
    if (member === undefined) return [];
    start = member;
  }
  if (text[start] !== '[') return [];
  const elements: string[] = [];
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== ']') {
    const end = endOfValue(text, at);
    elements.push(text.slice(at, end));
    at = afterComma(text, end);
  }
  return elements;
}

/** Where the value of a member begins; `undefined` when the value at `start` is not an object or has no such member. */
function startOfMember(text: string, start: number, name: string): number | undefined {
  if (text[start] !== '{') return undefined;
  let at = skipSpace(text, start + 1);
  while (text[at] === '"') {
    const endOfName = endOfString(text, at);
    const value = skipSpace(text, skipSpace(text, endOfName) + 1); // behind the colon
    if (JSON.parse(text.slice(at, endOfName)) === name) return value;
    at = afterComma(text, endOfValue(text, value));
  }
  return undefined;
}

const STRUCTURE = /["{}[\]]/g;
const END_OF_PRIMITIVE = /[\s,}\]]|$/g;

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== '{' && first !== '[') return indexOf(END_OF_PRIMITIVE, text, start);
  let depth = 0;
  let at = start;
  do {
    at = indexOf(STRUCTURE, text, at);
    const mark = text[at];
    if (mark === '"') at = endOfString(text, at);
    else {
      depth += mark === '{' || mark === '[' ? 1 : -1;
      at += 1;
    }
  } while (depth > 0);
  return at;
}

function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

const SPACE = /\s*/y;

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

function afterComma(text: string, at: number): number {
  const next = skipSpace(text, at);
  return text[next] === ',' ? skipSpace(text, next + 1) : next;
}

/** @throws SyntaxError when the text ends too early */
function indexOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  if (found === null) throw new SyntaxError('the JSON text ends too early');
  return found.index;
}
