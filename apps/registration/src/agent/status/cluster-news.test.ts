import { expect, test } from '@jest/globals';
import type { ManagedCluster } from '@ocm/api';
import { aCluster, aCondition } from '@ocm/testing';
import { isClusterNews } from './cluster-news.ts';

const AVAILABLE = 'ManagedClusterConditionAvailable';
const failing = (message: string) => aCondition({ type: AVAILABLE, status: 'False', message });
const namespace = (message: string) => ({
  clusterSet: 'set1',
  name: 'ns1',
  conditions: [aCondition({ type: 'NamespaceAvailable', status: 'False', message })],
});

function withStatus(status: NonNullable<ManagedCluster['status']>, resourceVersion = '1'): ManagedCluster {
  return { ...aCluster({ metadata: { resourceVersion } }), status };
}
const updated = (previous: ManagedCluster, object: ManagedCluster) =>
  isClusterNews({ type: 'updated', previous, object });

test.each([
  { what: 'a condition', before: { conditions: [failing('id 1')] }, after: { conditions: [failing('id 2')] } },
  {
    what: 'a managed namespace',
    before: { managedNamespaces: [namespace('id 1')] },
    after: { managedNamespaces: [namespace('id 2')] },
  },
])('other words of $what are no news', ({ before, after }) => {
  expect(updated(withStatus(before), withStatus(after, '2'))).toBe(false);
});

const before = { conditions: [failing('x')], managedNamespaces: [namespace('x')], capacity: { cpu: '1' } };

test.each([
  { what: 'another status', after: { ...before, conditions: [aCondition({ ...failing('x'), status: 'Unknown' })] } },
  { what: 'another reason', after: { ...before, conditions: [aCondition({ ...failing('x'), reason: 'Other' })] } },
  { what: 'one condition less', after: { ...before, conditions: [] } },
  { what: 'one namespace less', after: { ...before, managedNamespaces: [] } },
  { what: 'what somebody else wrote', after: { ...before, capacity: { cpu: '2' } } },
])('$what is', ({ after }) => {
  expect(updated(withStatus(before), withStatus(after, '2'))).toBe(true);
});

test('so are another spec, the beginning of a deletion, and all that is no update', () => {
  const cluster = withStatus(before);
  expect(updated(cluster, { ...cluster, spec: { hubAcceptsClient: true } })).toBe(true);
  const metadata = { ...cluster.metadata, deletionTimestamp: '2026-03-01T00:00:00Z' };
  expect(updated(cluster, { ...cluster, metadata })).toBe(true);
  expect(isClusterNews({ type: 'added', object: cluster, initial: true })).toBe(true);
  expect(isClusterNews({ type: 'deleted', object: cluster })).toBe(true);
});
