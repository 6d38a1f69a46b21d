import { expect, test } from '@jest/globals';
import { renderReport } from './report.ts';

const figure = (value: number) => ({ suite: 'work', name: 'ratio', value, unit: 'x', goal: '<= 1.5' });

test('a report shows each figure with its goal and the change against the previous run', () => {
  const run = { recorded: '2026-01-02', machine: '2 cores', figures: [figure(1.2)] };
  const previous = { recorded: '2026-01-01', machine: '2 cores', figures: [figure(1.5)] };
  expect(renderReport(run, previous)).toContain('| work | ratio | 1.20 x | <= 1.5 | -20 % |');
  expect(renderReport(run, undefined)).toContain('| work | ratio | 1.20 x | <= 1.5 |  |');
});
