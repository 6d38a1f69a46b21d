import { describe, expect, test } from '@jest/globals';
import { ManifestWork } from '@ocm/api';
import { KubeError, type Resource, systemClock } from '@ocm/kube';
import { createProcessMetrics } from '@ocm/service';
import { countedWorks } from './counted-works.ts';
import { eventMetrics } from './event-metrics.ts';

const build = { major: '1', minor: '3', gitVersion: 'v', gitCommit: 'c', gitTreeState: 't', buildDate: 'd' };
const status = 'io.open-cluster-management.works.v1alpha1.manifestbundles.status.update_request';
const type =
  'type="io.open-cluster-management.works.v1alpha1.manifestbundles",subresource="status",action="update_request"';
const { signal } = new AbortController();

function seriesOf(side: 'agent' | 'source') {
  const registry = createProcessMetrics({ clock: systemClock, namespace: 'n', build });
  const lines = async (): Promise<readonly string[]> =>
    (await registry.source.metrics())
      .split('\n')
      .filter((line) => /^(cloudevents|manifestworks|resources)_/.test(line));
  return { metrics: eventMetrics(registry, side), lines };
}

describe('series of event clients', () => {
  test('of an agent: whose event it is', async () => {
    const { metrics, lines } = seriesOf('agent');
    metrics.received({ source: 'kube', type: status });
    metrics.sent({ source: 'a', originalSource: '', type: status });
    metrics.sent({ source: 'a', originalSource: 'kube', type: status });
    metrics.sent({ source: 'a', type: 'what ever somebody sends' });
    metrics.reconnected('c1');
    expect(await lines()).toEqual([
      `cloudevents_received_total{${type},source="kube"} 1`,
      `cloudevents_sent_total{${type},original_source="none",source="a"} 1`,
      `cloudevents_sent_total{${type},original_source="kube",source="a"} 1`,
      'cloudevents_sent_total{type="unknown",subresource="unknown",action="unknown",original_source="none",source="a"} 1',
      'cloudevents_client_reconnected_total{client_id="c1"} 1',
    ]);
  });

  test('of a source: which cluster it is about, and how long resyncs take', async () => {
    const { metrics, lines } = seriesOf('source');
    metrics.received({ source: 'a', consumer: 'c1', type: status });
    metrics.sent({ source: 'shop', consumer: 'c1', type: status });
    metrics.resynced('spec', { source: 'shop', consumer: 'c1', type: 't' }, 0.3);
    const text = await lines();
    expect(text).toContain(`cloudevents_received_total{${type},consumer="c1",source="a"} 1`);
    expect(text).toContain(`cloudevents_sent_total{${type},consumer="c1",source="shop"} 1`);
    expect(text).toContain(
      'resources_spec_resync_duration_seconds_bucket{le="0.2",source="shop",consumer="c1",type="t"} 0',
    );
    expect(text).toContain(
      'resources_spec_resync_duration_seconds_bucket{le="0.5",source="shop",consumer="c1",type="t"} 1',
    );
  });

  test('what a cluster calls itself, and what it does, makes no more than so many', async () => {
    const { metrics, lines } = seriesOf('source');
    for (let index = 0; index < 1000; index += 1) {
      metrics.received({ source: `made-up-${index}`, consumer: 'evil', type: status });
      metrics.received({ source: 'a', consumer: 'evil', type: status.replace('update_request', `made-up-${index}`) });
    }
    metrics.received({ source: 'a', consumer: 'good', type: status });
    const text = await lines();
    expect(text).toHaveLength(102);
    expect(text).toContain(`cloudevents_received_total{${type},consumer="evil",source="other"} 901`);
    const unknown = type.replace('update_request', 'unknown');
    expect(text).toContain(`cloudevents_received_total{${unknown},consumer="evil",source="a"} 1000`);
    expect(text).toContain(`cloudevents_received_total{${type},consumer="good",source="a"} 1`);
  });

  test('the resyncs that a source answers are its own, whoever else is heard of', async () => {
    const { metrics, lines } = seriesOf('source');
    for (let index = 0; index < 100; index += 1)
      metrics.received({ source: `made-up-${index}`, consumer: 'evil', type: status });
    metrics.resynced('spec', { source: 'shop', consumer: 'evil', type: 't' }, 0.3);
    metrics.resynced('status', { source: 'one-more', consumer: 'evil', type: 't' }, 0.3);
    const text = await lines();
    expect(text).toContain('resources_spec_resync_duration_seconds_count{source="shop",consumer="evil",type="t"} 1');
    expect(text).toContain('resources_status_resync_duration_seconds_count{source="other",consumer="evil",type="t"} 1');
  });

  test('calls of the work client are counted with what came of them', async () => {
    const { metrics, lines } = seriesOf('source');
    const notFound = new KubeError('x', { code: 'not-found', status: 404, reason: 'NotFound' });
    const works = {
      kind: ManifestWork,
      get: () => Promise.reject(notFound),
      delete: () => Promise.resolve(),
    } as unknown as Resource<ManifestWork>;
    const counted = countedWorks(works, metrics);
    await expect(counted.get('w', { signal })).rejects.toBe(notFound);
    await counted.delete('w', { signal });
    expect(await lines()).toEqual([
      'manifestworks_processed_total{action="get",code="NotFound"} 1',
      'manifestworks_processed_total{action="delete",code="Success"} 1',
    ]);
    expect(countedWorks(works, undefined)).toBe(works);
  });
});
