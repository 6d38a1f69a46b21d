import { CelBytes, checkedInt, checkedUint, CelUint } from '../values/value.ts';
import { SyntaxProblem } from './source.ts';

const SIMPLE_ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
};
const ESCAPE = /\\(?:([abfnrtv\\'"`?])|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

interface Escape {
  /** Written as two hexadecimal or three octal digits, which in bytes means a byte. */
  readonly isByte: boolean;
  readonly code: number;
}

/** A run of text as it is, or an escape. */
type Piece = string | Escape;

/** The value of a string literal: what stands between its quotes, with the escapes undone. @param at where the literal starts */
export function unescapeString(body: string, at: number): string {
  return pieces(body, at)
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if (piece.code > 0x10ffff || (piece.code >= 0xd800 && piece.code <= 0xdfff))
        throw new SyntaxProblem(at, 'invalid unicode code point');
      return String.fromCodePoint(piece.code);
    })
    .join('');
}

/** The value of a bytes literal: UTF-8, except that `\xff` and `\377` are single bytes. @param at where the literal starts */
export function unescapeBytes(body: string, at: number): CelBytes {
  const parts = pieces(body, at).map((piece) => {
    if (typeof piece === 'string') return Buffer.from(piece, 'utf8');
    if (!piece.isByte) throw new SyntaxProblem(at, 'unable to unescape string');
    return Buffer.of(piece.code);
  });
  return new CelBytes(new Uint8Array(Buffer.concat(parts)));
}

function pieces(body: string, at: number): readonly Piece[] {
  const found: Piece[] = [];
  let done = 0;
  for (let slash = body.indexOf('\\'); slash >= 0; slash = body.indexOf('\\', done)) {
    found.push(body.slice(done, slash));
    ESCAPE.lastIndex = slash;
    const match = ESCAPE.exec(body);
    if (!match) throw new SyntaxProblem(at, `Syntax error: invalid escape sequence '${body.slice(slash, slash + 2)}'`);
    found.push(escapeOf(match));
    done = slash + match[0].length;
  }
  found.push(body.slice(done));
  return found;
}

function escapeOf([, simple, hex, octal, short, long]: RegExpExecArray): Piece {
  if (simple !== undefined) return SIMPLE_ESCAPES[simple] ?? simple;
  if (octal !== undefined) return { isByte: true, code: Number.parseInt(octal, 8) };
  return { isByte: hex !== undefined, code: Number.parseInt(hex ?? short ?? long ?? '0', 16) };
}

/** @param text with sign, decimal or `0x…` */
export function intLiteral(text: string, at: number): bigint {
  const value = magnitude(text, at, 'int');
  const signed = checkedInt(text.startsWith('-') ? -value : value);
  if (typeof signed === 'bigint') return signed;
  throw new SyntaxProblem(at, 'invalid int literal');
}

/** @param text without the `u` at its end */
export function uintLiteral(text: string, at: number): CelUint {
  const value = checkedUint(magnitude(text, at, 'uint'));
  if (value instanceof CelUint) return value;
  throw new SyntaxProblem(at, 'invalid uint literal');
}

export function doubleLiteral(text: string, at: number): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new SyntaxProblem(at, 'invalid double literal');
}

/** No number of 64 bits has more digits, save for leading zeros. */
const MAX_DIGITS = 100;

function magnitude(text: string, at: number, type: string): bigint {
  const digits = text.replace(/^-/, '');
  if (digits.length > MAX_DIGITS) throw new SyntaxProblem(at, `invalid ${type} literal`);
  return BigInt(digits);
}
