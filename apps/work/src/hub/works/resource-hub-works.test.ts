import { aConfigMap, aManifestWork, aWorkSpec } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { changeTowards } from './resource-hub-works.ts';

const metadata = { uid: 'u1', resourceVersion: '7' };
const labels = { team: 'blue' };
const desired = { labels, spec: aWorkSpec() };

describe('the change towards what a work should be', () => {
  test.each([
    ['is the same', {}],
    ['has empty annotations and no owners', { annotations: {}, metadata: { ...metadata, ownerReferences: [] } }],
    ['has empty lists', { manifestConfigs: [] }],
  ])('is none when it %s', (_when, over) => {
    expect(changeTowards(aManifestWork({ metadata, labels, ...over }), desired)).toBeUndefined();
  });

  test('is guarded, and removes foreign labels, annotations and owners', () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u2' };
    const seen = aManifestWork({
      labels: { team: 'red', mine: 'x' },
      annotations: { note: 'x' },
      metadata: { ...metadata, ownerReferences: [owner] },
    });
    expect(changeTowards(seen, desired)).toEqual({
      metadata: { ...metadata, labels: { team: 'blue', mine: null }, annotations: null, ownerReferences: null },
    });
  });

  test('replaces the manifests and removes what the template does not have', () => {
    const seen = aManifestWork({ metadata, labels, deleteOption: { propagationPolicy: 'Orphan' } });
    const spec = aWorkSpec({ manifests: [aConfigMap({ name: 'other' })] });
    expect(changeTowards(seen, { labels, spec })).toEqual({
      metadata,
      spec: { deleteOption: null, workload: spec.workload },
    });
  });
});
