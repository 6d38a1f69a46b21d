import { expect, test } from '@jest/globals';
import { createConnectionReport } from './connection-report.ts';
import { connectionCauses } from './diagnose.ts';

const { signal } = new AbortController();

test('a cause is a note in the verbose health answer, and never makes the process unhealthy', async () => {
  const report = createConnectionReport();
  expect(report.check.note?.()).toBeUndefined();
  report.setDiagnosis({ cause: 'HubUnreachable', problem: 'the hub cannot be reached: x', next: 'look' });
  expect(report.check.note?.()).toBe('HubUnreachable: the hub cannot be reached: x. Next: look');
  await expect(Promise.resolve(report.check.check(signal))).resolves.toBeUndefined();
  report.setDiagnosis(undefined);
  expect(report.check.note?.()).toBeUndefined();
});

test('of all causes one is 1 at most, and the end of the certificate is there once it is known', () => {
  const report = createConnectionReport();
  const [problem, expiry] = report.gauges;
  expect(problem?.read().map(({ value }) => value)).toEqual(connectionCauses);
  expect(problem?.read().some(({ number }) => number !== 0)).toBe(false);
  expect(expiry?.read()).toEqual([]);
  report.setDiagnosis({ cause: 'LeaseStale', problem: '', next: '' });
  report.setExpires(new Date(42_000));
  expect(problem?.read().filter(({ number }) => number === 1)).toEqual([{ value: 'LeaseStale', number: 1 }]);
  expect(expiry?.read()).toEqual([{ number: 42 }]);
});
