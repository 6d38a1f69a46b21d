import { expect, test } from '@jest/globals';
import type { Logger } from '@ocm/kube';
import { tracedLog } from './traced-log.ts';

/** A log that keeps its records. */
function recorder(): { readonly log: Logger; readonly records: readonly object[] } {
  const records: object[] = [];
  const keep = (fields: object, message: string): void => void records.push({ ...fields, msg: message });
  return { log: { debug: keep, info: keep, warn: keep, error: keep }, records };
}

const annotated = (annotations: Readonly<Record<string, string>>) => ({ metadata: { name: 'w', annotations } });
const PREFIX = 'logging.open-cluster-management.io/';

test.each(['debug', 'info', 'warn', 'error'] as const)('%s records carry the tracing values of an object', (level) => {
  const { log, records } = recorder();
  tracedLog(log, annotated({ [`${PREFIX}op-id`]: '42', other: 'x' }))[level]({ work: 'w' }, 'object created');
  expect(records).toEqual([{ 'op-id': '42', work: 'w', msg: 'object created' }]);
});

test('a value never replaces what a record says itself, and is cut when it is long', () => {
  const { log, records } = recorder();
  const annotations = {
    [`${PREFIX}work`]: 'v',
    [`${PREFIX}msg`]: 'all is well',
    [PREFIX]: 'x',
    [`${PREFIX}a`]: 'a'.repeat(300),
  };
  tracedLog(log, annotated(annotations)).info({ work: 'w' }, 'object deleted');
  expect(records).toEqual([{ a: 'a'.repeat(256), work: 'w', msg: 'object deleted' }]);
});

test('an object without such annotations leaves the log as it is', () => {
  const { log } = recorder();
  expect(tracedLog(log, { metadata: { name: 'w' } })).toBe(log);
});
