import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('format', () => {
  test.each([
    ['"%s".format(["a"])', '"a"'],
    ['"%s".format([1])', '"1"'],
    ['"%s".format([1u])', '"1"'],
    ['"%s".format([1.5])', '"1.5"'],
    ['"%s".format([1.0])', '"1"'],
    ['"%s".format([1e21])', '"1000000000000000000000"'],
    ['"%s".format([0.0000001])', '"0.0000001"'],
    ['"%s".format([true])', '"true"'],
    ['"%s".format([null])', '"null"'],
    ['"%s".format([b"abc"])', '"abc"'],
    ['"%s".format([[1, "a", null, [b"x"]]])', '"[1, a, null, [x]]"'],
    ['"%s".format([{"b": 1, "a": "x"}])', '"{a: x, b: 1}"'],
    ['"%s".format([{true: 1, "a": 2, 3: 4}])', '"{3: 4, a: 2, true: 1}"'],
    ['"%s".format([timestamp(0)])', '"1970-01-01T00:00:00Z"'],
    ['"%s".format([duration("90s")])', '"90s"'],
    ['"%s".format([type(1)])', '"int"'],
    ['"%s".format([double("NaN")])', '"NaN"'],
    ['"%s".format([-1.0 / 0.0])', '"-Infinity"'],
    [
      '"%s".format([dyn(optional.of(1))])',
      'error: error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given optional_type',
    ],
  ])('%s: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"%d".format([42])', '"42"'],
    ['"%d".format([42u])', '"42"'],
    ['"%d".format([1.5])', '"1.5"'],
    [
      '"%d".format([dyn("x")])',
      'error: error during formatting: decimal clause can only be used on ints, uints, and doubles, was given string',
    ],
  ])('%d: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"%f".format([1.5])', '"1.500000"'],
    ['"%.3f".format([1.2345])', '"1.234"'],
    ['"%.0f".format([2.5])', '"2"'],
    ['"%.0f".format([3.5])', '"4"'],
    ['"%.2f".format([-0.001])', '"-0.00"'],
    ['"%.20f".format([0.1])', '"0.10000000000000000555"'],
    ['"%f".format([1e22])', '"10000000000000000000000.000000"'],
    ['"%f".format([double("inf")])', '"Infinity"'],
    [
      '"%f".format([dyn(null)])',
      'error: error during formatting: fixed-point clause can only be used on ints, uints, and doubles, was given null_type',
    ],
  ])('%f: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"%e".format([1052.032911275])', '"1.052033e+03"'],
    ['"%.0e".format([15.0])', '"2e+01"'],
    ['"%.2e".format([0.0])', '"0.00e+00"'],
    ['"%.2e".format([9.999])', '"1.00e+01"'],
    ['"%.3e".format([-1.5e-10])', '"-1.500e-10"'],
    ['"%e".format([double("NaN")])', '"NaN"'],
  ])('%e: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"%b".format([5])', '"101"'],
    ['"%b".format([-5])', '"-101"'],
    ['"%b".format([true])', '"1"'],
    [
      '"%b".format([dyn("a")])',
      'error: error during formatting: only ints, uints, and bools can be formatted as binary, was given string',
    ],
    ['"%o".format([8])', '"10"'],
    ['"%o".format([8u])', '"10"'],
    [
      '"%o".format([dyn(1.5)])',
      'error: error during formatting: octal clause can only be used on ints and uints, was given double',
    ],
    ['"%x".format([255])', '"ff"'],
    ['"%X".format([255])', '"FF"'],
    ['"%x".format([-255])', '"-ff"'],
    ['"%x".format(["hé"])', '"68c3a9"'],
    ['"%X".format([b"\\xff"])', '"FF"'],
    [
      '"%x".format([dyn(1.5)])',
      'error: error during formatting: only ints, uints, bytes, and strings can be formatted as hex, was given double',
    ],
  ])('%b, %o, %x and %X: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"plain".format([])', '"plain"'],
    ['"100%%".format([])', '"100%"'],
    ['"%s-%d".format(["a", 1])', '"a-1"'],
    ['object.s.format([1])', '"str"'],
  ])('templates: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['dyn("%").format([])', 'error: could not parse formatting clause: unexpected end of string'],
    ['dyn("%z").format([1])', 'error: could not parse formatting clause: unrecognized formatting clause "z"'],
    ['dyn("%s").format([])', 'error: index 0 out of range'],
    [
      'dyn("%.f").format([1.0])',
      'error: could not parse formatting clause: error while parsing precision: "" is not a number up to 1000',
    ],
    ['dyn("%.5").format([1.0])', 'error: could not parse formatting clause: unexpected end of string'],
    ['dyn("%5d").format([1])', 'error: could not parse formatting clause: unexpected end of string'],
    [
      'dyn("%.9999f").format([1.0])',
      'error: could not parse formatting clause: error while parsing precision: "9999" is not a number up to 1000',
    ],
  ])('wrong templates: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
