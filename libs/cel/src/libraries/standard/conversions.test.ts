import { describe, expect, test } from '@jest/globals';
import { answer } from '../../../test/answer.ts';

describe('conversions', () => {
  test.each([
    ['type(1)', 'type(int)'],
    ['type(1u)', 'type(uint)'],
    ['type(1.5)', 'type(double)'],
    ['type("a")', 'type(string)'],
    ['type(b"a")', 'type(bytes)'],
    ['type(true)', 'type(bool)'],
    ['type(null)', 'type(null_type)'],
    ['type([1])', 'type(list)'],
    ['type({})', 'type(map)'],
    ['type(int)', 'type(type)'],
    ['type(timestamp(0))', 'type(google.protobuf.Timestamp)'],
    ['type(duration("1s"))', 'type(google.protobuf.Duration)'],
    ['type(optional.none())', 'type(optional_type)'],
    ['type(object)', 'type(map)'],
    ['type(object.a)', 'type(int)'],
    ['type(object.f)', 'type(double)'],
    ['net.IP', 'type(net.IP)'],
  ])('type: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['bool("true")', 'true'],
    ['bool("T")', 'true'],
    ['bool("0")', 'false'],
    ['bool("yes")', "error: type conversion error from 'string' to 'bool'"],
    ['bool(true)', 'true'],
    ['bool(1)', "invalid: found no matching overload for 'bool' applied to '(int)'"],
  ])('bool: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['int(1)', '1'],
    ['int(1.9)', '1'],
    ['int(-1.9)', '-1'],
    ['int(1e30)', 'error: integer overflow'],
    ['int(9223372036854775807.0)', 'error: integer overflow'],
    ['int(double("NaN"))', 'error: integer overflow'],
    ['int(5u)', '5'],
    ['int(18446744073709551615u)', 'error: integer overflow'],
    ['int("42")', '42'],
    ['int("-42")', '-42'],
    ['int("+5")', '5'],
    ['int("4.2")', "error: type conversion error from 'string' to 'int'"],
    ['int("0x10")', "error: type conversion error from 'string' to 'int'"],
    ['int("")', "error: type conversion error from 'string' to 'int'"],
    ['int("9223372036854775808")', "error: type conversion error from 'string' to 'int'"],
    ['int(timestamp("2024-01-01T00:00:00Z"))', '1704067200'],
    ['int(timestamp("1969-12-31T23:59:59.5Z"))', '-1'],
    ['int(duration("1s"))', '1000000000'],
  ])('int: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['uint(1)', '1u'],
    ['uint(-1)', 'error: unsigned integer overflow'],
    ['uint(1.9)', '1u'],
    ['uint(-1.0)', 'error: unsigned integer overflow'],
    ['uint("42")', '42u'],
    ['uint("-1")', "error: type conversion error from 'string' to 'uint'"],
    ['uint("18446744073709551616")', "error: type conversion error from 'string' to 'uint'"],
    ['uint(5u)', '5u'],
  ])('uint: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['double(1)', '1.0'],
    ['double(1u)', '1.0'],
    ['double("1.5")', '1.5'],
    ['double("1e3")', '1000.0'],
    ['double(".5")', '0.5'],
    ['double("-0")', '-0.0'],
    ['double("inf")', 'Infinity'],
    ['double("NaN")', 'NaN'],
    ['double("1e400")', "error: type conversion error from 'string' to 'double'"],
    ['double("a")', "error: type conversion error from 'string' to 'double'"],
    ['double(" 1")', "error: type conversion error from 'string' to 'double'"],
  ])('double: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['string("a")', '"a"'],
    ['string(1)', '"1"'],
    ['string(1u)', '"1"'],
    ['string(true)', '"true"'],
    ['string(1.0)', '"1"'],
    ['string(0.1)', '"0.1"'],
    ['string(123456.0)', '"123456"'],
    ['string(1234567.0)', '"1.234567e+06"'],
    ['string(0.0001)', '"0.0001"'],
    ['string(0.00001)', '"1e-05"'],
    ['string(-0.0)', '"-0"'],
    ['string(1.0 / 0.0)', '"+Inf"'],
    ['string(double("NaN"))', '"NaN"'],
    ['string(b"abc")', '"abc"'],
    ['string(b"\\xff")', 'error: invalid UTF-8 in bytes, cannot convert to string'],
    ['string(timestamp("2024-01-01T00:00:00.5Z"))', '"2024-01-01T00:00:00.5Z"'],
    ['string(duration("1h30m"))', '"5400s"'],
    ['string(null)', 'error: no such overload'],
    ['string([1])', "invalid: found no matching overload for 'string' applied to '(list(int))'"],
  ])('string: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['bytes("é")', 'b"c3a9"'],
    ['bytes(b"a")', 'b"61"'],
    ['bytes(1)', "invalid: found no matching overload for 'bytes' applied to '(int)'"],
  ])('bytes: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['timestamp(0)', 'timestamp(1970-01-01T00:00:00Z)'],
    ['timestamp(253402300800)', 'error: timestamp overflow'],
    ['timestamp("2024-02-29T12:00:00.123456789Z")', 'timestamp(2024-02-29T12:00:00.123456789Z)'],
    ['timestamp("2024-01-01T00:00:00-05:30") == timestamp("2024-01-01T05:30:00Z")', 'true'],
    ['timestamp("2023-02-29T00:00:00Z")', "error: type conversion error from 'string' to 'google.protobuf.Timestamp'"],
    ['timestamp("2024-01-01T24:00:00Z")', "error: type conversion error from 'string' to 'google.protobuf.Timestamp'"],
    ['timestamp("2024-01-01T00:00:60Z")', "error: type conversion error from 'string' to 'google.protobuf.Timestamp'"],
    ['timestamp("2024-01-01 00:00:00Z")', "error: type conversion error from 'string' to 'google.protobuf.Timestamp'"],
    ['timestamp("2024-01-01")', "error: type conversion error from 'string' to 'google.protobuf.Timestamp'"],
    ['timestamp("x")', "error: type conversion error from 'string' to 'google.protobuf.Timestamp'"],
  ])('timestamp: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['duration("1h30m")', 'duration(5400s)'],
    ['duration("1.5s")', 'duration(1.5s)'],
    ['duration("-2ms")', 'duration(-0.002s)'],
    ['duration("+1us")', 'duration(0.000001s)'],
    ['duration("1µs")', 'duration(0.000001s)'],
    ['duration("1ns")', 'duration(0.000000001s)'],
    ['duration("0")', 'duration(0s)'],
    ['duration("")', "error: type conversion error from 'string' to 'google.protobuf.Duration'"],
    ['duration("1d")', "error: type conversion error from 'string' to 'google.protobuf.Duration'"],
    ['duration("1")', "error: type conversion error from 'string' to 'google.protobuf.Duration'"],
    ['duration("100000000h")', "error: type conversion error from 'string' to 'google.protobuf.Duration'"],
    ['duration(1)', "error: type conversion error from 'int' to 'google.protobuf.Duration'"],
  ])('duration: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['dyn(1) == 1.0', 'true'],
    ['dyn("a").size()', '1'],
  ])('dyn: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
