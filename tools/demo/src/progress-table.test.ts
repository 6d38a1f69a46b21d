import { expect, test } from '@jest/globals';
import { renderTable } from './progress-table.ts';

test('the table shows when each cluster reached each milestone, and what is still awaited', () => {
  const lines = renderTable(new Map([['cluster1', { accepted: 1.234 }]]), {
    colour: false,
    columns: ['accepted', 'joined'],
  });
  expect(lines.map((line) => line.trimEnd())).toEqual([
    'CLUSTER     ACCEPTED      JOINED',
    'cluster1    ✓ 1.2 s       …',
  ]);
});

test('without a terminal no escape sequences are printed', () => {
  expect(renderTable(new Map([['c', {}]]), { colour: false }).join('')).not.toContain('\u001b');
});
