import { describe, expect, test } from '@jest/globals';
import { annotations, finalizers, labels, type ManifestWork } from '@ocm/api';
import { aWorkSpec } from '@ocm/testing';
import { bundleEvent, bundleStatusEvent, workOfBundle, workOfBundleStatus } from '../bundle.ts';
import { foundWork, sentWork, specHash } from './work-on-the-wire.ts';

const work: ManifestWork = {
  metadata: {
    name: 'w',
    namespace: 'cluster1',
    uid: 'u',
    generation: 4,
    resourceVersion: '17',
    labels: { team: 'blue' },
    annotations: { note: 'x', [annotations.eventSequenceId]: '5', [annotations.eventReportedVersion]: '4' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u2' }],
  },
  spec: aWorkSpec(),
};
const envelope = { id: '1', source: 'shop', time: new Date('2026-01-31T09:00:00Z') };

describe('a work on its way', () => {
  test('leaves without what only the store knows', () => {
    expect(sentWork(work).metadata).toEqual({
      name: 'w',
      namespace: 'cluster1',
      uid: 'u',
      generation: 4,
      labels: { team: 'blue' },
      annotations: { note: 'x', [annotations.eventSpecHash]: specHash(aWorkSpec()) },
      ownerReferences: work.metadata.ownerReferences,
    });
  });

  test('is found again from what the agent reports, spec excepted', () => {
    const atAgent = workOfBundle(bundleEvent(sentWork(work), 'create_request', envelope));
    expect(atAgent.metadata.labels?.[labels.originalSource]).toBe('shop');
    const kept = { ...atAgent, metadata: { ...atAgent.metadata, resourceVersion: '3', finalizers: ['f'] } };
    const report = bundleStatusEvent(kept, { action: 'resync_response', sequenceId: '4194304' }, envelope);
    expect(foundWork(workOfBundleStatus(report))).toEqual({
      specHash: specHash(aWorkSpec()),
      work: {
        metadata: {
          name: 'w',
          namespace: 'cluster1',
          uid: 'u',
          generation: 4,
          labels: { team: 'blue' },
          annotations: { note: 'x', [annotations.eventSequenceId]: '4194304', [annotations.eventReportedVersion]: '4' },
          ownerReferences: work.metadata.ownerReferences,
          finalizers: [finalizers.work],
        },
        status: {},
      },
    });
  });

  test('the hash of a spec does not depend on the order of its members', () => {
    const manifest = aWorkSpec().workload?.manifests?.[0] ?? { apiVersion: 'v1', kind: 'X' };
    const turned = Object.fromEntries(Object.entries(manifest).toReversed()) as typeof manifest;
    expect(specHash({ workload: { manifests: [turned] } })).toBe(specHash({ workload: { manifests: [manifest] } }));
    expect(specHash({ workload: { manifests: [] } })).not.toBe(specHash({ workload: { manifests: [manifest] } }));
  });

  test('labels that are no texts are refused', () => {
    const metadata = { name: 'w', labels: { a: 1 } as unknown as Record<string, string> };
    expect(() => foundWork({ metadata, status: {} })).toThrow('labels of the reported work are no map of strings');
  });
});
