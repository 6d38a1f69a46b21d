import { expect, test } from '@jest/globals';
import { dnsLabelProblem } from './names.ts';

test.each(['a', '7', 'cluster1', 'a--b', 'x'.repeat(63)])('%s is a DNS label', (text) => {
  expect(dnsLabelProblem(text)).toBeUndefined();
});

test.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'ä', 'a\n', ' a'])(
  '%j is none, and the text says what is allowed',
  (text) => {
    expect(dnsLabelProblem(text)).toBe(
      `"${text}" is not a DNS label; allowed are lower-case letters, digits and "-", with a letter or digit at both ends`,
    );
  },
);

test('a long text is cut off in the message', () => {
  expect(dnsLabelProblem('x'.repeat(64))).toBe(`"${'x'.repeat(63)}…" has 64 characters; at most 63 are allowed`);
});
