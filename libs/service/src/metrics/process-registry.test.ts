import { expect, test } from '@jest/globals';
import { systemClock } from '@ocm/kube';
import { buildInfoMetricName } from './build-info.ts';
import { createProcessMetrics } from './process-registry.ts';

const build = {
  major: '1',
  minor: '3',
  gitVersion: 'v1.3.0',
  gitCommit: 'abc',
  gitTreeState: 'clean',
  buildDate: '2026-01-31T09:00:00Z',
};

test.each([
  ['open-cluster-management-agent', 'open_cluster_management_agent_build_info'],
  ['hub', 'hub_build_info'],
  ['1st-hub', '_1st_hub_build_info'],
])('[registration 24] the build metric of namespace %s is %s', (namespace, want) => {
  expect(buildInfoMetricName(namespace)).toBe(want);
});

test('process series are read at the scrape, and the build is told', async () => {
  const { source } = createProcessMetrics({ clock: systemClock, namespace: 'open-cluster-management-hub', build });
  const text = await source.metrics();
  expect(source.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).toMatch(
    /^open_cluster_management_hub_build_info\{major="1",minor="3",gitVersion="v1\.3\.0",.*goVersion="node[\d.]+".*\} 1$/m,
  );
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect(value('nodejs_heap_size_used_bytes')).toBeGreaterThan(1_000_000);
  expect(Math.abs(value('process_start_time_seconds') + process.uptime() - Date.now() / 1000)).toBeLessThan(5);
  expect(value('process_open_fds')).toBeGreaterThan(0);
  expect(value('process_max_fds')).toBeGreaterThan(value('process_open_fds'));
});

test('a gauge of the component is read at each scrape', async () => {
  const { source, addGauge } = createProcessMetrics({ clock: systemClock, namespace: 'n', build });
  let causes = ['a', 'b'];
  let expires = [{ number: 42 }];
  addGauge({ name: 'problem', help: 'h', label: 'cause', read: () => causes.map((value) => ({ value, number: 1 })) });
  addGauge({ name: 'expires', help: 'h', read: () => expires });
  const lines = async (): Promise<readonly string[]> =>
    (await source.metrics()).split('\n').filter((line) => /^(problem|expires)/.test(line));
  await expect(lines()).resolves.toEqual(['problem{cause="a"} 1', 'problem{cause="b"} 1', 'expires 42']);
  causes = ['b'];
  expires = [];
  await expect(lines()).resolves.toEqual(['problem{cause="b"} 1']);
});

test('counters and histograms of the component have the labels they were made with', async () => {
  const { source, addCounter, addHistogram } = createProcessMetrics({ clock: systemClock, namespace: 'n', build });
  const count = addCounter({ name: 'sent_total', help: 'h', labels: ['to', 'what'] });
  const observe = addHistogram({ name: 'took_seconds', help: 'h', labels: ['to'], buckets: [0.1, 1] });
  count({ to: 'a', what: 'x' });
  count({ to: 'a', what: 'x' });
  observe({ to: 'a' }, 0.5);
  const text = await source.metrics();
  expect(text).toContain('sent_total{to="a",what="x"} 2');
  expect(text).toContain('took_seconds_bucket{le="0.1",to="a"} 0');
  expect(text).toContain('took_seconds_bucket{le="1",to="a"} 1');
});

test('two processes in one test run do not share series', async () => {
  const [one, other] = ['a', 'b'].map((namespace) => createProcessMetrics({ clock: systemClock, namespace, build }));
  one?.kube.queueAdd('q');
  expect(await one?.source.metrics()).toContain('workqueue_adds_total{name="q"} 1');
  expect(await other?.source.metrics()).not.toContain('workqueue_adds_total{name="q"}');
});
