import { expect, test } from '@jest/globals';
import { recordOf, renderReport } from './report.ts';

const figure = (value: number, suite = 'work') => ({ suite, name: 'ratio', value, unit: 'x', goal: '<= 1.5' });
const FIRST = { recorded: '2026-01-01', machine: '2 cores' };
const SECOND = { recorded: '2026-01-02', machine: '4 cores' };

test('a report shows each figure with its goal and the change against the previous run', () => {
  const previous = recordOf([figure(1.5)], FIRST);
  const record = recordOf([figure(1.2)], SECOND);
  expect(renderReport(record, previous)).toContain('| ratio | 1.20 x | <= 1.5 | -20 % |');
  expect(renderReport(record)).toContain('| ratio | 1.20 x | <= 1.5 |  |');
});

test('a run of one suite leaves the figures of the others', () => {
  const previous = recordOf([figure(1.5), figure(3, 'agents')], FIRST);
  const report = renderReport(recordOf([figure(1.2)], SECOND, previous), previous);
  expect(report).toContain('## work\n\nRecorded 2026-01-02 on 4 cores.');
  expect(report).toContain('## agents\n\nRecorded 2026-01-01 on 2 cores.');
});
