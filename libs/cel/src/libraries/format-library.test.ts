import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('named formats', () => {
  test.each([
    ['format.dns1123Label().validate("my-label")', 'optional.none'],
    ['format.dns1123Label().validate("My_Label").hasValue()', 'true'],
    ['format.dns1123Label().validate("").hasValue()', 'true'],
    [
      'format.dns1123Label().validate("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").value()',
      '["must be no more than 63 characters"]',
    ],
  ])('dns1123Label: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.dns1123Subdomain().validate("a.b-c.d")', 'optional.none'],
    ['format.dns1123Subdomain().validate("a..b").hasValue()', 'true'],
  ])('dns1123Subdomain: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.dns1035Label().validate("abc-1")', 'optional.none'],
    ['format.dns1035Label().validate("1abc").hasValue()', 'true'],
  ])('dns1035Label: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.qualifiedName().validate("name")', 'optional.none'],
    ['format.qualifiedName().validate("example.com/Name_1.x")', 'optional.none'],
    ['format.qualifiedName().validate("a/b/c").hasValue()', 'true'],
    ['format.qualifiedName().validate("/b").value()', '["prefix part: must be non-empty"]'],
    ['format.qualifiedName().validate("A_b/c").hasValue()', 'true'],
    ['format.qualifiedName().validate("-x").hasValue()', 'true'],
    ['format.qualifiedName().validate("a/").hasValue()', 'true'],
  ])('qualifiedName: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.dns1123LabelPrefix().validate("my-")', 'optional.none'],
    ['format.dns1123LabelPrefix().validate("-").hasValue()', 'true'],
    ['format.dns1123LabelPrefix().validate("").hasValue()', 'true'],
  ])('dns1123LabelPrefix: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.dns1123SubdomainPrefix().validate("a.b-")', 'optional.none'],
    ['format.dns1123SubdomainPrefix().validate("a.b.").hasValue()', 'true'],
  ])('dns1123SubdomainPrefix: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.dns1035LabelPrefix().validate("my-")', 'optional.none'],
    ['format.dns1035LabelPrefix().validate("1a-").hasValue()', 'true'],
  ])('dns1035LabelPrefix: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.labelValue().validate("")', 'optional.none'],
    ['format.labelValue().validate("a_b.C")', 'optional.none'],
    ['format.labelValue().validate("-a").hasValue()', 'true'],
  ])('labelValue: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.uri().validate("http://example.com/b")', 'optional.none'],
    ['format.uri().validate("../a").hasValue()', 'true'],
  ])('uri: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.uuid().validate("123e4567-e89b-12d3-a456-426614174000")', 'optional.none'],
    ['format.uuid().validate("123E4567E89B12D3A456426614174000")', 'optional.none'],
    ['format.uuid().validate("x")', 'optional(["does not match the UUID format"])'],
  ])('uuid: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.byte().validate("aGVsbG8=")', 'optional.none'],
    ['format.byte().validate("aGVsbG8")', 'optional(["invalid base64"])'],
    ['format.byte().validate("")', 'optional(["invalid base64"])'],
    ['format.byte().validate("a-_=")', 'optional(["invalid base64"])'],
  ])('byte: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.date().validate("2021-01-01")', 'optional.none'],
    ['format.date().validate("2021-02-30")', 'optional(["invalid date"])'],
    ['format.date().validate("2021-1-1")', 'optional(["invalid date"])'],
  ])('date: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.datetime().validate("2021-01-01T00:00:00Z")', 'optional.none'],
    ['format.datetime().validate("2021-01-01T00:00:00.123+05:30")', 'optional.none'],
    ['format.datetime().validate("2021-01-01t00:00:00z")', 'optional.none'],
    ['format.datetime().validate("2021-01-01 00:00:00Z")', 'optional(["invalid datetime"])'],
    ['format.datetime().validate("2021-13-01T00:00:00Z")', 'optional(["invalid datetime"])'],
    ['format.datetime().validate("2021-01-01T00:00:00")', 'optional(["invalid datetime"])'],
  ])('datetime: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['format.named("dns1123Label").hasValue()', 'true'],
    ['format.named("DNS1123Label")', 'optional.none'],
    ['format.named("uuid").value() == format.uuid()', 'true'],
    ['format.named("uuid").value() == format.byte()', 'false'],
    ['format.named("date").value().validate("2021-01-01")', 'optional.none'],
    ['format.foo()', "invalid: undeclared reference to 'format' (in container '')"],
  ])('format.named: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
