import { expect, test } from '@jest/globals';
import { summaryOf } from '../results.mjs';

const passing = { status: 'passed', fullName: 'a cluster joins', failureMessages: [] };

function suite(testResults: readonly object[], counts: object = {}): object {
  return {
    numPassedTests: 0,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    ...counts,
    testResults,
  };
}

test('without failures the counts of all suites are all there is to say', () => {
  const file = { name: '/clone/apps/a.test.ts', message: '', assertionResults: [passing] };
  const suites = [suite([file], { numPassedTests: 1 }), suite([], { numPassedTests: 2, numPendingTests: 1 })];
  expect(summaryOf(suites, '/clone')).toEqual(['3 passed, 0 failed, 1 skipped']);
});

test('a failed test is named with its file and its message, without colours', () => {
  const failed = {
    status: 'failed',
    fullName: 'leases: renewed',
    failureMessages: ['\u001b[31mexpected 1\u001b[39m\nat x'],
  };
  const file = { name: '/clone/apps/a.test.ts', message: 'all of it', assertionResults: [passing, failed] };
  const [failure, counts] = summaryOf([suite([file], { numPassedTests: 1, numFailedTests: 1 })], '/clone');
  expect(failure).toBe('FAILED apps/a.test.ts\n  leases: renewed\n    expected 1\n    at x\n');
  expect(counts).toBe('1 passed, 1 failed, 0 skipped');
});

test('a file that could not be run counts as one failure', () => {
  const file = { name: '/clone/apps/a.test.ts', message: 'SyntaxError: x', assertionResults: [] };
  const lines = summaryOf([suite([file], { numRuntimeErrorTestSuites: 1 })], '/clone');
  expect(lines).toEqual(['FAILED apps/a.test.ts\n    SyntaxError: x\n', '0 passed, 1 failed, 0 skipped']);
});

test('a long message is cut', () => {
  const failed = { status: 'failed', fullName: 'a', failureMessages: ['y'.repeat(9_000)] };
  const file = { name: '/clone/b.test.ts', message: '', assertionResults: [failed] };
  const [failure] = summaryOf([suite([file], { numFailedTests: 1 })], '/clone');
  expect(failure?.length).toBeLessThan(2_200);
});
