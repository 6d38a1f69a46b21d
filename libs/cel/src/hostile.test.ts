import { describe, expect, test } from '@jest/globals';
import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { sample } from '../test/answer.ts';
import { shown } from '../test/shown-value.ts';
import { compile } from './compile.ts';
import { conditionRuleEnvironment } from './environments/condition-rules.ts';
import { costBudget, evaluate } from './evaluate.ts';

// Expressions that somebody wrote to cost time or memory. Each must come to an end soon: refused by the compiler, with an error, or with
// the budget used up. A fifth of the usual budget is enough to see that, as the time grows with the budget and with nothing else.

const BUDGET = 200_000;
const MAX_MS = 5000;

const numbers = Array.from({ length: 10_000 }, (_, index) => index);
const memberNames = numbers.map((index) => `k${index}`);
const object = {
  l: numbers,
  texts: numbers.map((index) => `item${index}`),
  m: Object.fromEntries(memberNames.map((name) => [name, 1])),
  sameSize: Object.fromEntries(memberNames.map((name) => [name, name === 'k9999' ? 0 : 1])),
  smaller: Object.fromEntries(memberNames.slice(1).map((name) => [name, 1])),
  s: 'a'.repeat(1_000_000),
  similar: `${'a'.repeat(999_999)}b`,
  emoji: 'é😀'.repeat(200_000),
  blank: `${' '.repeat(500_000)}a${' '.repeat(500_000)}`,
  digits: '1'.repeat(500_000),
  url: `https://example.com/${'a'.repeat(100_000)}`,
  deep: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown,
  alsoDeep: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown,
};

const chain = (length: number, step: (index: number) => string): string =>
  Array.from({ length }, (_, index) => step(index)).join('');
const times = (text: string, count: number): string => text.repeat(count);
/** `[start].map(x0, [next(x0)].map(x1, …))`, which makes as many new values, each of the one before. */
const growing = (start: string, next: (value: string) => string): string =>
  `[${start}].map(x0, ${chain(60, (index) => `[${next(`x${index}`)}].map(x${index + 1}, `)}x60${times(')', 61)}`;

describe('an expression ends within a bounded time', () => {
  test.each([
    ['budget-exceeded', 'nested loops', 'object.l.all(a, object.l.all(b, object.l.all(c, object.l.all(d, true))))'],
    ['budget-exceeded', 'nested loops that find nothing', 'object.l.exists_one(a, object.l.exists_one(b, false))'],
    ['budget-exceeded', 'nested filters that find nothing', 'object.l.all(a, object.l.filter(b, false) == [])'],
    ['budget-exceeded', 'nested maps', 'object.l.map(a, object.l.map(b, object.l.map(c, c)))'],
    [
      'budget-exceeded',
      '240 nested loops',
      `${chain(240, (index) => `object.l.all(x${index}, `)}true${times(')', 240)}`,
    ],
    ['budget-exceeded', 'a chain of maps', `object.l${times('.map(x, x)', 400)}`],
    ['budget-exceeded', 'doubling texts', growing('"aaaaaaaaaaaaaaaa"', (value) => `${value} + ${value}`)],
    ['budget-exceeded', 'doubling lists', growing('[1, 2, 3, 4, 5, 6, 7, 8]', (value) => `${value} + ${value}`)],
    [
      'value',
      'doubling values',
      growing('[1]', (value) => `[${value}, ${value}] == [${value}, ${value}] ? [${value}] : []`),
    ],
    ['budget-exceeded', 'doubling optionals', `optional.of(1)${times('.optMap(x, x)', 240)}`],
    ['budget-exceeded', 'adding lists', 'object.l.all(x, (object.l + object.l).size() > 0)'],
    ['budget-exceeded', 'comparing everything', 'object.l.all(x, object == object)'],
    ['budget-exceeded', 'comparing objects of one size', 'object.l.all(x, object.m != object.sameSize)'],
    ['budget-exceeded', 'comparing objects of different size', 'object.l.all(x, object.m != object.smaller)'],
    ['budget-exceeded', 'comparing an object with nothing', 'object.l.all(x, object.m != {})'],
    ['budget-exceeded', 'comparing long texts', 'object.l.all(x, object.s != object.similar)'],
    ['error', 'comparing what nests deeply', 'object.deep == object.alsoDeep'],
    ['budget-exceeded', 'searching lists', 'object.l.all(x, x in object.l)'],
    ['budget-exceeded', 'searching long texts in lists', 'object.l.all(x, !(object.s in [object.similar]))'],
    ['budget-exceeded', 'counting characters', 'object.l.all(x, size(object.emoji) > 0)'],
    ['budget-exceeded', 'counting members', 'object.l.all(x, size(object.m) > 0)'],
    ['budget-exceeded', 'listing members', 'object.l.all(x, object.m.exists(k, true))'],
    ['budget-exceeded', 'contains at its worst', 'object.s.contains("b" + object.s.substring(0, 10000))'],
    [
      'budget-exceeded',
      'indexOf at its worst',
      'object.l.all(x, object.s.indexOf("b" + object.s.substring(0, 1000)) < 0)',
    ],
    [
      'budget-exceeded',
      'lastIndexOf at its worst',
      'object.l.all(x, object.s.lastIndexOf(object.s.substring(0, 1000) + "b") < 0)',
    ],
    ['budget-exceeded', 'splitting', 'object.l.all(x, object.s.split("").size() > 0)'],
    ['budget-exceeded', 'replacing nothing by much', 'object.s.replace("", object.s)'],
    ['budget-exceeded', 'replacing little by much', 'object.s.replace("a", object.s)'],
    ['budget-exceeded', 'joining', 'object.l.map(x, object.s).join(object.s)'],
    ['budget-exceeded', 'formatting texts', 'object.l.map(x, "%s%s%s".format([object.s, object.s, object.s]))'],
    ['budget-exceeded', 'formatting numbers', 'object.l.all(x, "%.1000f%.1000e".format([1.5, 1e300]) != "")'],
    ['budget-exceeded', 'formatting objects', 'object.l.all(x, "%s".format([object.m]) != "")'],
    ['error', 'formatting what nests deeply', '"%s".format([object.deep])'],
    ['budget-exceeded', 'reversing', 'object.l.all(x, object.emoji.reverse() != "")'],
    ['budget-exceeded', 'trimming', 'object.l.all(x, object.blank.trim() != "")'],
    ['budget-exceeded', 'characters by position', 'object.l.all(x, object.emoji.charAt(3) != "")'],
    ['budget-exceeded', 'encoding', 'object.l.all(x, bytes(object.emoji).size() > 0)'],
    [
      'budget-exceeded',
      'sums and extremes',
      'object.l.all(x, object.l.sum() > 0 && object.l.max() > 0 && object.l.isSorted())',
    ],
    [
      'budget-exceeded',
      'long numbers',
      'object.l.all(x, int(object.digits) > 0 || double(object.digits) > 0.0 || true)',
    ],
    [
      'budget-exceeded',
      'long times',
      'object.l.all(x, duration(object.digits) > duration("1s") || timestamp(object.digits) > timestamp(0) || true)',
    ],
    [
      'budget-exceeded',
      'long versions',
      'object.l.all(x, isSemver("1.2.3-" + object.digits) || isQuantity(object.digits) || true)',
    ],
    [
      'budget-exceeded',
      'long addresses',
      'object.l.all(x, isIP(object.digits) || isCIDR(object.digits) || isURL(object.url))',
    ],
    [
      'budget-exceeded',
      'long paths',
      '[url(object.url)].all(u, object.l.all(x, u == u && u.getEscapedPath() != "" && u.getQuery() == {}))',
    ],
    ['budget-exceeded', 'long names', 'object.l.all(x, format.dns1123Subdomain().validate(object.s).hasValue())'],
    ['value', 'time zones', 'object.l.all(x, timestamp(x).getHours("America/New_York") >= 0)'],
    ['value', 'unknown time zones', 'object.l.all(x, timestamp(x).getHours("Nowhere/Land" + string(x)) >= 0 || true)'],
  ])('%s: %s', (wanted, _, expression) => expectBounded(expression, wanted));
});

describe('a regular expression ends within a bounded time', () => {
  test.each([
    ['budget-exceeded', 'nested repetition', 'object.s.matches("(a+)+$b")'],
    ['budget-exceeded', 'ambiguous alternatives', 'object.l.all(x, !object.s.matches("(a|aa)+b"))'],
    ['budget-exceeded', 'counted repetition', 'object.s.matches("(?:a?){1000}a{1000}")'],
    ['budget-exceeded', 'boundaries', String.raw`object.emoji.matches("\\b(\\w+\\W+){100}")`],
    ['unbuildable', 'nested counts', '"a".matches("((a{100}){100}){100}")'],
    ['unbuildable', 'nested groups', `"a".matches("${times('(', 1500)}a${times(')', 1500)}")`],
    ['unbuildable', 'many alternatives', `"a".matches("${times('a|', 20_000)}b")`],
    ['value', 'many classes', String.raw`"a".matches("${times(String.raw`\\pL`, 800)}")`],
    ['value', 'many patterns', Array.from({ length: 4000 }, (_, index) => `"a".matches("a${index}")`).join(' || ')],
    [
      'unbuildable',
      'many large patterns',
      Array.from({ length: 900 }, (_, index) => `"a".matches("a{1000}${index}")`).join(' || '),
    ],
    ['budget-exceeded', 'new patterns', 'object.texts.all(x, "abc".matches(x) || true)'],
    ['budget-exceeded', 'new large patterns', 'object.texts.all(x, "abc".matches("a{1000}" + x) || true)'],
    [
      'budget-exceeded',
      'new classes',
      String.raw`object.texts.all(x, "abc".matches("(?i)[\\pL\\pN\\pS]{30}" + x) || true)`,
    ],
    ['budget-exceeded', 'many matches', 'object.l.all(x, object.s.findAll("a").size() > 0)'],
    ['budget-exceeded', 'empty matches', 'object.l.all(x, object.s.findAll("").size() > 0)'],
    ['budget-exceeded', 'matches that look far ahead', 'object.s.findAll("a.*c|a").size() > 0'],
  ])('%s: %s', (wanted, _, expression) => expectBounded(expression, wanted));
});

describe('compiling ends within a bounded time', () => {
  test.each([
    ['invalid', 'parentheses', `${times('(', 49_000)}1${times(')', 49_000)}`],
    ['invalid', 'lists', `${times('[', 49_000)}1${times(']', 49_000)}`],
    ['value', 'negations', `${times('!', 99_000)}true`],
    ['invalid', 'choices', `${times('true ? 1 : ', 9000)}1`],
    ['invalid', 'selections', `object${times('.a', 49_000)}`],
    ['invalid', 'elements', `object${times('[0]', 30_000)}`],
    ['invalid', 'additions', `1${times('+1', 49_000)}`],
    ['value', 'alternatives', `false${times('||false', 14_000)}`],
    ['invalid', 'arguments', `size(1${times(',1', 49_000)})`],
    ['invalid', 'unknown names', chain(12_000, (index) => `x${index}||`).concat('true')],
    ['invalid', 'a long unknown name', times('x', 99_000)],
    ['invalid', 'a long qualified name', `a${times('.a', 49_000)}{}`],
    ['value', 'elements of all types', `[${times('1,"a",', 16_000)}1]`],
    ['budget-exceeded', 'empty lists', `[${times('[],', 30_000)}1]`],
    ['invalid', 'types of exponential size', `[1]${times('.map(x, {x: x})', 200)}`],
    [
      'error',
      'types that must be unified',
      `[1]${times('.map(x, {"a": x, "b": [x, x]})', 200)} == [1]${times('.map(x, {"a": x, "b": [x, x]})', 200)}`,
    ],
    ['error', 'overloads of dynamic values', `${times('(', 240)}object${times(' + object)', 240)}`],
    ['invalid', 'a long number', times('1', 99_000)],
    ['value', 'a long text', `"${times('a', 99_000)}" == "b"`],
    ['invalid', 'a text that does not end', `"""${times('a', 99_000)}`],
    ['value', 'escapes', `"${times('\\\\', 49_000)}"`],
    ['invalid', 'quotes', times('"', 99_001)],
    ['value', 'comments', `${times('//\n', 33_000)}1`],
    ['invalid', 'too much text', times('1 + ', 200_000)],
  ])('%s: %s', (wanted, _, expression) => expectBounded(expression, wanted));
});

function expectBounded(expression: string, wanted: string): void {
  // Processor time: what others do on the machine does not count.
  const before = process.cpuUsage();
  const compiled = compile(expression, conditionRuleEnvironment);
  const budget = costBudget({ perEvaluation: BUDGET });
  const result = compiled.kind === 'compiled' ? evaluate(compiled.program, { object }, budget).kind : compiled.kind;
  const { user, system } = process.cpuUsage(before);
  expect({ result, isSoon: (user + system) / 1000 < MAX_MS }).toEqual({ result: wanted, isSoon: true });
}

describe('any text whatsoever', () => {
  const words = constantFrom(
    ...'object result a s l m 1 2u 1.5 -3 "a" b"x" true null [ ] { } ( ) . ? : , + - * / % == != < >= && || ! in has( .all(x, .map(x, .filter(x,'.split(
      ' ',
    ),
    ...'.exists(x, x optional.of( .value() .orValue( .size() .matches( "(a+)+" .format([ "%s" url( ip( quantity( duration("1s") .? [? // \n'.split(
      ' ',
    ),
  );
  const expression = oneof(
    array(words, { maxLength: 60 }).map((parts) => parts.join(' ')),
    string({ unit: 'binary', maxLength: 200 }),
    string({ unit: constantFrom(...Array.from('()[]{}.?:"\'`\\\n,+-!abr0x1e')), maxLength: 300 }),
  );

  test('is refused or evaluated, never thrown on, and never costs more than the budget', () => {
    assert(
      property(expression, (source) => {
        const compiled = compile(source, conditionRuleEnvironment);
        if (compiled.kind === 'invalid') return compiled.report.startsWith('ERROR: <input>:');
        if (compiled.kind === 'unbuildable') return compiled.problem !== '';
        const budget = costBudget({ perEvaluation: 1000 });
        const result = evaluate(compiled.program, { object: sample }, budget);
        return result.kind === 'budget-exceeded' || result.cost <= 1000;
      }),
      { numRuns: 2000 },
    );
  });

  test('gives the same answer at the same cost every time', () => {
    assert(
      property(array(words, { maxLength: 25 }), (parts) => {
        const compiled = compile(parts.join(' '), conditionRuleEnvironment);
        if (compiled.kind !== 'compiled') return;
        const evaluations = [1, 2].map(() => evaluate(compiled.program, { object: sample }, costBudget()));
        const [one, other] = evaluations.map((result) =>
          result.kind === 'value' ? { ...result, value: shown(result.value) } : result,
        );
        expect(one).toEqual(other);
      }),
      { numRuns: 2000 },
    );
  });
});
