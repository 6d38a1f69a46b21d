import { quoted, SyntaxProblem } from './source.ts';

export type TokenKind = 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'name' | 'quoted-name' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of strings and bytes what stands between the quotes. */
  readonly text: string;
  readonly at: number;
  /** Of strings and bytes: whether a backslash is just a backslash. */
  readonly raw: boolean;
}

const BLANK = /(?:[ \t\r\n\f]+|\/\/[^\n]*)*/y;
const NUMBER =
  /(?:(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)|(?:0x[0-9a-fA-F]+|[0-9]+)([uU]?)/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED_NAME = /`([A-Za-z0-9_.\-/ ]+)`/y;
const QUOTE = /([bB]?)([rR]?)("""|'''|"|')/y;
const SYMBOL = /[=!<>]=|&&|\|\||[<>+\-*/%!?:()[\]{}.,]/y;

/** Splits an expression into tokens; the last one is the end. @throws SyntaxProblem */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipBlank(source, 0);
  while (at < source.length) {
    const { token, end } = tokenAt(source, at);
    tokens.push(token);
    at = skipBlank(source, end);
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length, raw: false });
  return tokens;
}

interface Scanned {
  readonly token: Token;
  readonly end: number;
}

function tokenAt(source: string, at: number): Scanned {
  const found = stringAt(source, at) ?? numberAt(source, at) ?? nameAt(source, at) ?? symbolAt(source, at);
  if (found) return found;
  const rest = source.slice(at, at + 1 + (source.codePointAt(at) ?? 0) / 0x10000);
  throw new SyntaxProblem(at, `Syntax error: token recognition error at: '${rest}'`);
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

const skipBlank = (source: string, at: number): number => at + (match(BLANK, source, at)?.[0].length ?? 0);

function numberAt(source: string, at: number): Scanned | undefined {
  const found = match(NUMBER, source, at);
  if (!found) return undefined;
  const [text, unsigned] = found;
  const kind = unsigned === undefined ? 'double' : unsigned === '' ? 'int' : 'uint';
  const digits = kind === 'uint' ? text.slice(0, -1) : text;
  return { token: { kind, text: digits, at, raw: false }, end: at + text.length };
}

function nameAt(source: string, at: number): Scanned | undefined {
  const found = match(NAME, source, at);
  if (found) return { token: { kind: 'name', text: found[0], at, raw: false }, end: at + found[0].length };
  const quotedName = match(QUOTED_NAME, source, at);
  if (!quotedName) return undefined;
  return { token: { kind: 'quoted-name', text: quotedName[1] ?? '', at, raw: false }, end: at + quotedName[0].length };
}

function symbolAt(source: string, at: number): Scanned | undefined {
  const found = match(SYMBOL, source, at);
  return found ? { token: { kind: 'symbol', text: found[0], at, raw: false }, end: at + found[0].length } : undefined;
}

function stringAt(source: string, at: number): Scanned | undefined {
  const found = match(QUOTE, source, at);
  if (!found) return undefined;
  const [opening, isBytes, isRaw, quote = ''] = found;
  const start = at + opening.length;
  const close = closingQuote(source, start, { quote, raw: isRaw !== '' });
  if (close === undefined)
    throw new SyntaxProblem(
      at,
      `Syntax error: token recognition error at: '${quoted(source.slice(at).split('\n')[0] ?? '')}'`,
    );
  const kind = isBytes === '' ? 'string' : 'bytes';
  return { token: { kind, text: source.slice(start, close), at, raw: isRaw !== '' }, end: close + quote.length };
}

/** Where the quote is that ends a string; undefined when it is missing, or a line ends before it does. */
function closingQuote(
  source: string,
  start: number,
  { quote, raw }: { quote: string; raw: boolean },
): number | undefined {
  const oneLine = quote.length === 1;
  let at = start;
  while (at < source.length) {
    const character = source.charAt(at);
    if (source.startsWith(quote, at)) return at;
    if (oneLine && (character === '\n' || character === '\r')) return undefined;
    at += character === '\\' && !raw ? 2 : 1;
  }
  return undefined;
}
