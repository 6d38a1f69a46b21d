import { expect, test } from '@jest/globals';
import type { ProcessMetrics } from '@ocm/service';
import { addWatchGauges } from './watch-gauges.ts';

type Gauge = Parameters<ProcessMetrics['addGauge']>[0];

const counts = () => [
  { resource: 'configmaps', mode: 'watched', objects: 3 } as const,
  { resource: 'configmaps', mode: 'starting', objects: 2 } as const,
  { resource: 'deployments.apps', mode: 'busy', objects: 1 } as const,
  { resource: 'deployments.apps', mode: 'limit', objects: 4 } as const,
];

test('objects are counted by resource, those that are watched apart from the others', () => {
  const gauges: Gauge[] = [];
  addWatchGauges((gauge) => gauges.push(gauge), { counts });
  expect(gauges.map(({ name, read }) => [name, read()])).toEqual([
    ['work_watched_objects', [{ value: 'configmaps', number: 3 }]],
    [
      'work_polled_objects',
      [
        { value: 'configmaps', number: 2 },
        { value: 'deployments.apps', number: 5 },
      ],
    ],
  ]);
});
