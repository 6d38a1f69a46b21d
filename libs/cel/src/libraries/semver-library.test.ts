import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('semantic versions', () => {
  test.each([
    ['isSemver("1.2.3")', 'true'],
    ['isSemver("1.2.3-alpha.1+build.5")', 'true'],
    ['isSemver("1.2.3-0a")', 'true'],
    ['isSemver("1.2.3--")', 'true'],
    ['isSemver("1.2.3+01")', 'true'],
    ['isSemver("v1.2.3")', 'false'],
    ['isSemver("1.2")', 'false'],
    ['isSemver("1.2.3.4")', 'false'],
    ['isSemver("01.2.3")', 'false'],
    ['isSemver("1.2.3-01")', 'false'],
    ['isSemver("1.2.3-")', 'false'],
    ['isSemver("1.2.3+")', 'false'],
    ['isSemver("1.2.3-a..b")', 'false'],
    ['isSemver("1.2.3-a_b")', 'false'],
    ['isSemver("1.2.3+a+b")', 'false'],
    ['isSemver(" 1.2.3")', 'false'],
    ['isSemver("")', 'false'],
    ['isSemver("18446744073709551615.0.0")', 'true'],
    ['isSemver("18446744073709551616.0.0")', 'false'],
    ['isSemver("1.2.3", true)', "invalid: found no matching overload for 'isSemver' applied to '(string, bool)'"],
  ])('isSemver: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['semver("v1.2.3")', 'error: "v1.2.3" is not a semantic version: major.minor.patch, without leading "v" or zeros'],
    ['semver("bad")', 'error: "bad" is not a semantic version: major.minor.patch, without leading "v" or zeros'],
    ['semver("1.2.3+b1") == semver("1.2.3+b2")', 'true'],
    ['semver("1.2.3") == semver("1.2.4")', 'false'],
    ['semver("v1.2", true)', "invalid: found no matching overload for 'semver' applied to '(string, bool)'"],
  ])('semver: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['semver("1.2.3").major()', '1'],
    ['semver("1.2.3").minor()', '2'],
    ['semver("1.2.3").patch()', '3'],
  ])('major, minor and patch: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['semver("1.2.3").compareTo(semver("1.2.3"))', '0'],
    ['semver("1.2.3").compareTo(semver("2.0.0"))', '-1'],
    ['semver("1.2.3").compareTo(semver("0.1.2"))', '1'],
    ['semver("1.10.0").compareTo(semver("1.9.0"))', '1'],
    ['semver("1.2.3-alpha").compareTo(semver("1.2.3"))', '-1'],
    ['semver("1.2.3-alpha.1").compareTo(semver("1.2.3-alpha.beta"))', '-1'],
    ['semver("1.2.3-2").compareTo(semver("1.2.3-11"))', '-1'],
    ['semver("1.2.3-a.b").compareTo(semver("1.2.3-a"))', '1'],
    ['semver("1.2.3+b1").compareTo(semver("1.2.3+b2"))', '0'],
  ])('compareTo: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['semver("1.2.3").isGreaterThan(semver("1.2.2"))', 'true'],
    ['semver("1.2.3").isGreaterThan(semver("1.2.3"))', 'false'],
  ])('isGreaterThan: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['semver("1.30.5").isLessThan(semver("1.31.0"))', 'true'],
    ['semver("1.31.0").isLessThan(semver("1.31.0"))', 'false'],
  ])('isLessThan: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
