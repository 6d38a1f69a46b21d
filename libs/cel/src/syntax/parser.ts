import type { CelValue } from '../values/value.ts';
import { type Expression, isDeeperThan, type ListLiteral, type MapLiteral } from './expression.ts';
import { type Token, tokenize } from './lexer.ts';
import { doubleLiteral, intLiteral, uintLiteral, unescapeBytes, unescapeString } from './literals.ts';
import { expandMacro } from './macros.ts';
import { quoted, SyntaxProblem } from './source.ts';

/** Placement 5.4.4. */
const MAX_CODE_POINTS = 100_000;
const MAX_NESTING = 250;
/** Chains such as `1 + 2 + 3` or `a.b.c` nest without parentheses, and evaluating them takes a stack as deep. */
const MAX_DEPTH = 500;

const RESERVED = new Set(
  'as break const continue else for function if import let loop namespace package return var void while'.split(' '),
);
const CONSTANTS = new Map<string, CelValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
/** Operators of one precedence each, the loosest first. */
const BINARY: readonly ReadonlyMap<string, string>[] = [
  new Map([
    ['==', '_==_'],
    ['!=', '_!=_'],
    ['<', '_<_'],
    ['<=', '_<=_'],
    ['>', '_>_'],
    ['>=', '_>=_'],
    ['in', '@in'],
  ]),
  new Map([
    ['+', '_+_'],
    ['-', '_-_'],
  ]),
  new Map([
    ['*', '_*_'],
    ['/', '_/_'],
    ['%', '_%_'],
  ]),
];

/** Reads an expression; macros are expanded. @throws SyntaxProblem */
export function parse(source: string): Expression {
  const size = Array.from(source).length;
  if (size > MAX_CODE_POINTS)
    throw new SyntaxProblem(0, `expression code point size exceeds limit: size: ${size}, limit ${MAX_CODE_POINTS}`);
  const expression = new Parser(tokenize(source)).parse();
  if (isDeeperThan(MAX_DEPTH, expression)) throw tooDeep(expression.at, MAX_DEPTH);
  return expression;
}

function tooDeep(at: number, limit: number): SyntaxProblem {
  return new SyntaxProblem(at, `expression recursion limit exceeded: ${limit}`);
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #nesting = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Expression {
    const expression = this.#expression();
    if (this.#next.kind !== 'end') throw this.#unexpected('<EOF>');
    return expression;
  }

  get #next(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  #isNext(text: string): boolean {
    const { kind, text: found } = this.#next;
    return found === text && (kind === 'symbol' || kind === 'name');
  }

  /** Moves on past the next token. */
  #take(): Token {
    const token = this.#next;
    this.#position += 1;
    return token;
  }

  /** Moves on if the next token is this symbol. */
  #accept(symbol: string): boolean {
    const accepted = this.#isNext(symbol);
    if (accepted) this.#position += 1;
    return accepted;
  }

  #expect(symbol: string): Token {
    if (!this.#isNext(symbol)) throw this.#unexpected(`'${symbol}'`);
    return this.#take();
  }

  #unexpected(wanted: string): SyntaxProblem {
    const { text, at } = this.#next;
    return new SyntaxProblem(at, `Syntax error: mismatched input '${quoted(text)}' expecting ${wanted}`);
  }

  #expression(): Expression {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) throw tooDeep(this.#next.at, MAX_NESTING);
    const expression = this.#conditional();
    this.#nesting -= 1;
    return expression;
  }

  #conditional(): Expression {
    const condition = this.#logical('||');
    if (!this.#isNext('?')) return condition;
    const { at } = this.#take();
    const whenTrue = this.#logical('||');
    this.#expect(':');
    return { kind: 'conditional', at, condition, whenTrue, whenFalse: this.#expression() };
  }

  #logical(operator: '&&' | '||'): Expression {
    const operand = (): Expression => (operator === '||' ? this.#logical('&&') : this.#binary(0));
    const first = operand();
    if (!this.#isNext(operator)) return first;
    const { at } = this.#next;
    const terms = [first];
    while (this.#accept(operator)) terms.push(operand());
    return { kind: 'logical', at, operator, terms };
  }

  #binary(level: number): Expression {
    const operators = BINARY[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const { kind, text, at } = this.#next;
      const name = kind === 'symbol' || kind === 'name' ? operators.get(text) : undefined;
      if (name === undefined) return left;
      this.#take();
      left = { kind: 'call', at, name, target: undefined, args: [left, this.#binary(level + 1)] };
    }
  }

  #unary(): Expression {
    const operator = ['!', '-'].find((symbol) => this.#isNext(symbol));
    if (operator === undefined) return this.#member(this.#primary());
    const { at } = this.#next;
    let count = 0;
    while (this.#accept(operator)) count += 1;
    if (operator === '-' && count === 1 && NEGATABLE.has(this.#next.kind)) return this.#member(this.#negative(at));
    const operand = this.#member(this.#primary());
    // Of two in a row, each undoes the other.
    return count % 2 === 0 ? operand : { kind: 'call', at, name: `${operator}_`, target: undefined, args: [operand] };
  }

  #negative(at: number): Expression {
    const { kind, text } = this.#take();
    return { kind: 'literal', at, value: kind === 'int' ? intLiteral(`-${text}`, at) : doubleLiteral(`-${text}`, at) };
  }

  #member(primary: Expression): Expression {
    let operand = primary;
    for (;;) {
      if (this.#isNext('.')) operand = this.#selection(operand);
      else if (this.#isNext('[')) operand = this.#index(operand);
      else return operand;
    }
  }

  #selection(operand: Expression): Expression {
    const { at } = this.#take();
    const optional = this.#accept('?');
    const { kind, text } = this.#next;
    if ((kind !== 'name' && kind !== 'quoted-name') || CONSTANTS.has(text) || text === 'in')
      throw this.#unexpected('IDENTIFIER');
    this.#take();
    if (optional || kind === 'quoted-name' || !this.#isNext('('))
      return { kind: 'select', at, mode: optional ? 'optional' : 'plain', operand, field: text };
    return this.#call(text, operand);
  }

  #index(operand: Expression): Expression {
    const { at } = this.#take();
    const name = this.#accept('?') ? '_[?_]' : '_[_]';
    const key = this.#expression();
    this.#expect(']');
    return { kind: 'call', at, name, target: undefined, args: [operand, key] };
  }

  #call(name: string, target: Expression | undefined): Expression {
    const { at } = this.#expect('(');
    const args: Expression[] = [];
    if (!this.#isNext(')')) {
      do args.push(this.#expression());
      while (this.#accept(','));
    }
    this.#expect(')');
    return expandMacro({ kind: 'call', at, name, target, args });
  }

  #primary(): Expression {
    const { kind, text } = this.#next;
    if (kind === 'name') return this.#named();
    if (kind !== 'symbol') return this.#literal();
    if (text === '(') return this.#parenthesized();
    if (text === '[') return this.#list();
    if (text === '{') return this.#map();
    if (text === '.') return this.#named();
    throw this.#unexpected('an expression');
  }

  #parenthesized(): Expression {
    this.#take();
    const expression = this.#expression();
    this.#expect(')');
    return expression;
  }

  #literal(): Expression {
    const token = this.#next;
    const value = literalValue(token);
    if (value === undefined) throw this.#unexpected('an expression');
    this.#take();
    return { kind: 'literal', at: token.at, value };
  }

  /** A constant, an identifier, a call, or a message with a possibly qualified name. */
  #named(): Expression {
    // A leading dot asks for the outermost scope, and there is only one.
    this.#accept('.');
    const { kind, text, at } = this.#next;
    const constant = CONSTANTS.get(text);
    if (kind !== 'name' || text === 'in') throw this.#unexpected('an expression');
    this.#take();
    if (constant !== undefined) return { kind: 'literal', at, value: constant };
    if (RESERVED.has(text)) throw new SyntaxProblem(at, `reserved identifier: ${text}`);
    if (this.#isNext('(')) return this.#call(text, undefined);
    return this.#message(text) ?? { kind: 'identifier', at, name: text };
  }

  /** `a.b.C{…}`, or nothing when no brace follows. */
  #message(first: string): Expression | undefined {
    let name = first;
    let ahead = this.#position;
    while (isSymbol(this.#tokens[ahead], '.') && this.#tokens[ahead + 1]?.kind === 'name') {
      name += `.${this.#tokens[ahead + 1]?.text ?? ''}`;
      ahead += 2;
    }
    const brace = this.#tokens[ahead];
    if (!brace || !isSymbol(brace, '{')) return undefined;
    this.#position = ahead + 1;
    while (!this.#isNext('}')) this.#field();
    this.#expect('}');
    return { kind: 'message', at: brace.at, name };
  }

  /** Of a message no type is known, so its fields are read for their syntax only. */
  #field(): void {
    this.#accept('?');
    if (this.#next.kind !== 'name' && this.#next.kind !== 'quoted-name') throw this.#unexpected('IDENTIFIER');
    this.#take();
    this.#expect(':');
    this.#expression();
    if (!this.#isNext('}')) this.#expect(',');
  }

  #list(): Expression {
    const { at } = this.#take();
    const elements: ListLiteral['elements'][number][] = [];
    this.#items(']', () => {
      const optional = this.#accept('?');
      elements.push({ optional, value: this.#expression() });
    });
    return { kind: 'list', at, elements };
  }

  #map(): Expression {
    const { at } = this.#take();
    const entries: MapLiteral['entries'][number][] = [];
    this.#items('}', () => {
      const optional = this.#accept('?');
      const key = this.#expression();
      this.#expect(':');
      entries.push({ optional, key, value: this.#expression() });
    });
    return { kind: 'map', at, entries };
  }

  /** Items with commas between them, and maybe one more at the end, up to the closing bracket. */
  #items(close: string, item: () => void): void {
    if (this.#accept(',')) {
      this.#expect(close);
      return;
    }
    while (!this.#isNext(close)) {
      item();
      if (!this.#isNext(close)) this.#expect(',');
    }
    this.#expect(close);
  }
}

const isSymbol = (token: Token | undefined, text: string): boolean => token?.kind === 'symbol' && token.text === text;
const END: Token = { kind: 'end', text: '<EOF>', at: 0, raw: false };
const NEGATABLE: ReadonlySet<Token['kind']> = new Set<Token['kind']>(['int', 'double']);

/** Undefined for a token that is no literal. */
function literalValue({ kind, text, at, raw }: Token): CelValue | undefined {
  switch (kind) {
    case 'int':
      return intLiteral(text, at);
    case 'uint':
      return uintLiteral(text, at);
    case 'double':
      return doubleLiteral(text, at);
    case 'string':
      return raw ? text : unescapeString(text, at);
    case 'bytes':
      return unescapeBytes(raw ? text.replaceAll('\\', '\\\\') : text, at);
    default:
      return undefined;
  }
}
