import { describe, expect, test } from '@jest/globals';
import { answer } from '../../../test/answer.ts';

describe('calendar and clock', () => {
  test.each([
    ['timestamp("2024-03-05T01:02:03.456Z").getFullYear()', '2024'],
    ['timestamp("2024-03-05T01:02:03.456Z").getMonth()', '2'],
    ['timestamp("2024-03-05T01:02:03.456Z").getDate()', '5'],
    ['timestamp("2024-03-05T01:02:03.456Z").getDayOfMonth()', '4'],
    ['timestamp("2024-03-05T01:02:03.456Z").getDayOfWeek()', '2'],
    ['timestamp("2024-03-05T01:02:03.456Z").getDayOfYear()', '64'],
    ['timestamp("2024-03-05T01:02:03.456Z").getHours()', '1'],
    ['timestamp("2024-03-05T01:02:03.456Z").getMinutes()', '2'],
    ['timestamp("2024-03-05T01:02:03.456Z").getSeconds()', '3'],
    ['timestamp("2024-03-05T01:02:03.456Z").getMilliseconds()', '456'],
    ['timestamp("1969-12-31T23:59:59.5Z").getSeconds()', '59'],
    ['timestamp("0001-01-01T00:00:00Z").getDayOfWeek()', '1'],
  ])('in UTC: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['timestamp("2024-01-01T00:00:00Z").getHours("America/New_York")', '19'],
    ['timestamp("2024-07-01T00:00:00Z").getHours("America/New_York")', '20'],
    ['timestamp("2024-01-01T00:00:00Z").getFullYear("America/New_York")', '2023'],
    ['timestamp("2024-03-05T01:02:03Z").getMinutes("Asia/Kolkata")', '32'],
    ['timestamp("2024-03-05T01:02:03Z").getDate("-05:30")', '4'],
    ['timestamp("2024-03-05T01:02:03Z").getHours("05:30")', '6'],
    ['timestamp("2024-03-05T01:02:03Z").getHours("UTC")', '1'],
    ['timestamp("2024-03-05T01:02:03Z").getHours("Nowhere/Land")', 'error: unknown time zone Nowhere/Land'],
  ])('in a time zone: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['duration("90m").getHours()', '1'],
    ['duration("90m").getMinutes()', '90'],
    ['duration("90m").getSeconds()', '5400'],
    ['duration("1.5s").getMilliseconds()', '1500'],
    ['duration("-90m").getHours()', '-1'],
  ])('of durations: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
