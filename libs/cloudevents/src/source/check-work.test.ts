import { describe, expect, test } from '@jest/globals';
import type { ManifestWork } from '@ocm/api';
import { aConfigMap, aManifestWork } from '@ocm/testing';
import { workProblems } from './check-work.ts';

const work = (metadata: Partial<ManifestWork['metadata']>, manifests = [aConfigMap()]): ManifestWork => ({
  metadata: { name: 'w', namespace: 'cluster1', ...metadata },
  spec: { workload: { manifests } } as unknown as NonNullable<ManifestWork['spec']>,
});

describe('what is wrong with a work', () => {
  test('nothing with one that an API server would take', () => {
    expect(workProblems(aManifestWork({ labels: { 'example.com/team': 'blue', empty: '' } }))).toEqual([]);
    expect(workProblems(work({ name: 'a.b-c', annotations: { 'example.com/a': 'any text\n' } }))).toEqual([]);
  });

  test.each([
    [work({ name: 'Upper' }), 'metadata.name: "Upper" is no DNS subdomain of at most 253 characters'],
    [work({ name: 'n'.repeat(254) }), /is no DNS subdomain/],
    [work({ namespace: '' }), /^metadata\.namespace: .*it is the name of the cluster$/],
    [work({ labels: { 'a/b/c': 'x' } }), /^metadata\.labels: a\/b\/c=x: /],
    [work({ labels: { a: 'b c' } }), /^metadata\.labels: a=b c: /],
    [work({ annotations: { '-a': 'x' } }), /^metadata\.annotations: -a: /],
    [work({ annotations: { a: 'x'.repeat(262_144) } }), /bytes; allowed are 262144$/],
    [work({}, []), 'spec.workload: the bundle has no manifests'],
    [{ metadata: { name: 'w', namespace: 'c' } }, 'spec.workload: the bundle has no manifests'],
    [work({}, [aConfigMap({ data: { k: 'x'.repeat(512 * 1024) } })]), /bytes; allowed are 512000$/],
  ] as const)('%#', (bad, problem) => {
    expect(workProblems(bad)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
  });
});
