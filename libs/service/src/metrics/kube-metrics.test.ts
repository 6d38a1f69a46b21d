import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { manualClock } from '../../test/manual-clock.ts';
import { createKubeMetrics } from './kube-metrics.ts';

function setUp() {
  const registry = new Registry();
  const clock = manualClock();
  const metrics = createKubeMetrics(registry, clock);
  /** The value lines of a series, without its help. */
  const lines = async (name: string): Promise<string[]> =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
  return { metrics, clock, lines, registry };
}

test('[registration 24] all series of queues, requests and leader election exist under their contract names', async () => {
  const { registry } = setUp();
  const names = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'workqueue_depth',
      'workqueue_adds_total',
      'workqueue_queue_duration_seconds',
      'workqueue_work_duration_seconds',
      'workqueue_unfinished_work_seconds',
      'workqueue_longest_running_processor_seconds',
      'workqueue_retries_total',
      'rest_client_requests_total',
      'rest_client_request_duration_seconds',
      'leader_election_master_status',
    ]),
  );
});

test('queues are told apart by the name of their controller', async () => {
  const { metrics, lines } = setUp();
  metrics.queueAdd('taintController');
  metrics.queueAdd('taintController');
  metrics.queueAdd('other');
  metrics.queueDepth('taintController', 7);
  metrics.queueDepth('taintController', 5);
  metrics.queueRetry('taintController');
  metrics.queueLatency('taintController', 0.25);
  metrics.workDuration('taintController', 2);
  expect(await lines('workqueue_adds_total')).toEqual([
    'workqueue_adds_total{name="taintController"} 2',
    'workqueue_adds_total{name="other"} 1',
  ]);
  expect(await lines('workqueue_depth')).toEqual(['workqueue_depth{name="taintController"} 5']);
  expect(await lines('workqueue_retries_total')).toEqual(['workqueue_retries_total{name="taintController"} 1']);
  expect(await lines('workqueue_queue_duration_seconds_sum')).toEqual([
    'workqueue_queue_duration_seconds_sum{name="taintController"} 0.25',
  ]);
  expect(await lines('workqueue_work_duration_seconds_count')).toEqual([
    'workqueue_work_duration_seconds_count{name="taintController"} 1',
  ]);
});

test('unfinished work grows while it runs and falls back to 0', async () => {
  const { metrics, clock, lines } = setUp();
  const first = metrics.workStarted('q');
  clock.advance(2000);
  const second = metrics.workStarted('q');
  clock.advance(1000);
  expect(await lines('workqueue_unfinished_work_seconds')).toEqual(['workqueue_unfinished_work_seconds{name="q"} 4']);
  expect(await lines('workqueue_longest_running_processor_seconds')).toEqual([
    'workqueue_longest_running_processor_seconds{name="q"} 3',
  ]);
  first();
  expect(await lines('workqueue_longest_running_processor_seconds')).toEqual([
    'workqueue_longest_running_processor_seconds{name="q"} 1',
  ]);
  second();
  expect(await lines('workqueue_unfinished_work_seconds')).toEqual(['workqueue_unfinished_work_seconds{name="q"} 0']);
});

test('requests are counted by code, method and host, those without an answer as <error>', async () => {
  const { metrics, lines } = setUp();
  metrics.request({ verb: 'GET', code: 200, host: 'hub:6443', seconds: 0.1 });
  metrics.request({ verb: 'GET', code: 'error', host: 'hub:6443', seconds: 5 });
  expect(await lines('rest_client_requests_total')).toEqual([
    'rest_client_requests_total{code="200",method="GET",host="hub:6443"} 1',
    'rest_client_requests_total{code="<error>",method="GET",host="hub:6443"} 1',
  ]);
  expect(await lines('rest_client_request_duration_seconds_count')).toEqual([
    'rest_client_request_duration_seconds_count{verb="GET",host="hub:6443"} 2',
  ]);
});

test('leadership and restarts of watches are visible', async () => {
  const { metrics, lines } = setUp();
  metrics.leading('registration-controller-lock', true);
  expect(await lines('leader_election_master_status')).toEqual([
    'leader_election_master_status{name="registration-controller-lock"} 1',
  ]);
  metrics.leading('registration-controller-lock', false);
  metrics.watchRestart('managedclusters', 'expired');
  expect(await lines('leader_election_master_status')).toEqual([
    'leader_election_master_status{name="registration-controller-lock"} 0',
  ]);
  expect(await lines('kube_watch_restarts_total')).toEqual([
    'kube_watch_restarts_total{resource="managedclusters",reason="expired"} 1',
  ]);
});
