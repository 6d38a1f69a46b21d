import { describe, expect, test } from '@jest/globals';
import { labels } from '@ocm/api';
import { aCluster, aCSR, aLease } from '@ocm/testing';
import { EventError, stringAttribute } from './event.ts';
import { dataTypes } from './event-type.ts';
import { clusterOf, kubeObjectEvent, kubeObjectOfEvent } from './kube-object-event.ts';

const envelope = { id: 'i', source: 'cluster1', time: new Date('2026-01-31T09:00:00Z') };
const type = { dataType: dataTypes.managedCluster, subresource: 'status', action: 'update_request' } as const;

describe('objects of Kubernetes kinds as events', () => {
  const plain = aCluster({ name: 'cluster1' });
  const cluster = { ...plain, metadata: { ...plain.metadata, uid: 'u1', resourceVersion: '12345678901234567890' } };

  test('have the version as a string and come back as they were', () => {
    const event = kubeObjectEvent(cluster, type, envelope);
    expect(event.type).toBe('cluster.open-cluster-management.io.v1.managedclusters.status.update_request');
    expect([...event.extensions]).toEqual([
      ['clustername', stringAttribute('cluster1')],
      ['originalsource', stringAttribute('')],
      ['resourceid', stringAttribute('u1')],
      ['resourceversion', stringAttribute('12345678901234567890')],
    ]);
    expect(kubeObjectOfEvent(event)).toEqual({ object: cluster, isContent: true });
  });

  test('have no payload when they are being deleted', () => {
    const deleted = { ...cluster, metadata: { ...cluster.metadata, deletionTimestamp: '2026-01-31T09:00:00.000Z' } };
    const event = kubeObjectEvent(deleted, type, envelope);
    expect(event.data).toBeUndefined();
    expect(kubeObjectOfEvent(event)).toEqual({
      object: { metadata: { name: '', uid: 'u1', deletionTimestamp: '2026-01-31T09:00:00.000Z' } },
      isContent: false,
    });
  });

  test('keep integers beyond 2^53', () => {
    const data = Buffer.from('{"metadata":{"name":"a"},"spec":{"big":9007199254740993}}');
    const { object } = kubeObjectOfEvent({ ...kubeObjectEvent(cluster, type, envelope), data });
    expect(JSON.stringify(object)).toContain('"big":9007199254740993');
  });

  test.each([
    { object: cluster, dataType: dataTypes.managedCluster, want: 'cluster1' },
    { object: aLease({ name: 'l', namespace: 'ns' }), dataType: dataTypes.lease, want: 'ns' },
    {
      object: { metadata: { name: 'c', labels: { [labels.clusterName]: 'c1' } } },
      dataType: dataTypes.certificateRequest,
      want: 'c1',
    },
  ])('$dataType.resource belongs to $want', ({ object, dataType, want }) => {
    expect(clusterOf(object, dataType)).toBe(want);
  });

  test('a request without the label of its cluster cannot be sent', () => {
    const request = { ...aCSR(), metadata: { name: 'csr' } };
    expect(() => clusterOf(request, dataTypes.certificateRequest)).toThrow(EventError);
  });

  test.each(['', 'null', '[]', '{}', '{"metadata":{}}', '{"metadata":{"name":""}}', '{"metadata":{"name":5}}', '{'])(
    'payload %j is refused',
    (text) => {
      const event = { ...kubeObjectEvent(cluster, type, envelope), data: Buffer.from(text) };
      expect(() => kubeObjectOfEvent(event)).toThrow(EventError);
    },
  );
});
