import { expect, test } from '@jest/globals';
import { failureText } from './failure-text.ts';

const refused = new Error('connect ECONNREFUSED 127.0.0.1:1');

test.each([
  [
    'causes stand below',
    new Error('a control plane did not start', { cause: refused }),
    'a control plane did not start\nconnect ECONNREFUSED 127.0.0.1:1',
  ],
  [
    'what has been said is not said again',
    new Error('getting pods: connect ECONNREFUSED 127.0.0.1:1', { cause: refused }),
    'getting pods: connect ECONNREFUSED 127.0.0.1:1',
  ],
  ['something else that was thrown is shown as it is', 'no', 'no'],
])('%s', (_what, error, want) => {
  expect(failureText(error)).toBe(want);
});
