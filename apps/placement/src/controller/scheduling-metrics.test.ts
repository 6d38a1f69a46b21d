import { expect, test } from '@jest/globals';
import { createSchedulingMetrics } from './scheduling-metrics.ts';

test('has the four histograms with their labels; those of scheduling and binding from the start', async () => {
  const metrics = createSchedulingMetrics();
  const series = async (): Promise<readonly string[]> =>
    (await metrics.source.metrics()).split('\n').filter((line) => line.includes('_count{'));
  expect(await series()).toEqual([
    'scheduling_scheduling_duration_seconds_count{name="placement_scheduling"} 0',
    'scheduling_bind_duration_seconds_count{name="placement_scheduling"} 0',
  ]);
  metrics.scheduled(0.001);
  metrics.bound(0.001);
  metrics.step({ kind: 'filter', plugin: 'Predicate' }, 0.001);
  metrics.step({ kind: 'cel' }, 0.001);
  const labels = 'name="placement_scheduling",plugin_type="filter",plugin_name="Predicate"';
  expect(await series()).toEqual([
    'scheduling_scheduling_duration_seconds_count{name="placement_scheduling"} 1',
    'scheduling_bind_duration_seconds_count{name="placement_scheduling"} 1',
    `scheduling_plugin_duration_seconds_count{${labels}} 1`,
    'scheduling_cel_runtime_duration_seconds_count{name="placement_scheduling"} 1',
  ]);
});

test('bounds are those of the reference, ten from a microsecond to 1000 s', async () => {
  const text = await createSchedulingMetrics().source.metrics();
  const bounds = [...text.matchAll(/scheduling_bind_duration_seconds_bucket\{le="([^"]+)"/g)].map(([, le]) =>
    Number(le),
  );
  expect(bounds.slice(0, 3)).toEqual([1e-6, 9.999999999999999e-6, 9.999999999999999e-5]);
  expect(bounds).toHaveLength(11);
  expect(bounds[9]).toBeCloseTo(1000);
});

test('all four say that they are alpha', async () => {
  const text = await createSchedulingMetrics().source.metrics();
  expect([...text.matchAll(/^# HELP scheduling_\w+ (\S+) /gm)].map(([, stability]) => stability)).toEqual(
    Array.from({ length: 4 }, () => '[ALPHA]'),
  );
});
