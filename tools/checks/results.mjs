// What a run of `npm test` says at its end, from the JSON that jest left of each suite.

const LONGEST_MESSAGE = 2_000; // characters of one failure: cause and place, without the whole diff of a large object
const COLOURS = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g');

/**
 * The lines of the summary: each failed test with its file and message, then the counts.
 *
 * @param suites jest's JSON reports
 * @param root folder that paths are shown relative to
 */
export function summaryOf(suites, root) {
  const failures = suites.flatMap(({ testResults }) => testResults.flatMap((file) => failuresOf(file, root)));
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of suites) {
    total.passed += suite.numPassedTests;
    total.failed += suite.numFailedTests + suite.numRuntimeErrorTestSuites;
    total.skipped += suite.numPendingTests + suite.numTodoTests;
  }
  return [...failures, `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`];
}

function failuresOf({ name, message, assertionResults }, root) {
  const file = name.startsWith(root) ? name.slice(root.length).replace(/^\//, '') : name;
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  // A file that jest could not even run has a message, but no test.
  if (assertionResults.length === 0 && message !== '') return [`FAILED ${file}\n${shortened(message)}`];
  return failed.map(({ fullName, failureMessages }) => {
    return `FAILED ${file}\n  ${fullName}\n${shortened(failureMessages.join('\n'))}`;
  });
}

function shortened(text) {
  const plain = text.replaceAll(COLOURS, '').trim();
  const cut = plain.length > LONGEST_MESSAGE ? `${plain.slice(0, LONGEST_MESSAGE)} ...` : plain;
  return `    ${cut.replaceAll('\n', '\n    ')}\n`;
}
