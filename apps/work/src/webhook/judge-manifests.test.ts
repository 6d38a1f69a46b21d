import { expect, test } from '@jest/globals';
import { problemOfManifests } from './judge-manifests.ts';

const cm = (name: string, over: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'ns', name, ...over },
});
const judge = (manifests: readonly unknown[], sizeBytes = 10): string | undefined =>
  problemOfManifests(manifests, { sizeBytes, limitBytes: 100, whenEmpty: 'manifests should not be empty' });

test.each<[string, readonly unknown[], string | undefined]>([
  ['different objects', [cm('a'), cm('b'), cm('a', { namespace: 'other' })], undefined],
  ['two versions of one object', [cm('a'), { ...cm('a'), apiVersion: 'v2' }], undefined],
  ['nothing', [], 'manifests should not be empty'],
  ['no name', [cm('a'), cm('')], 'name must be set in manifest'],
  ['no metadata', [{ apiVersion: 'v1', kind: 'ConfigMap' }], 'name must be set in manifest'],
  ['only a prefix', [{ ...cm(''), metadata: { generateName: 'a-' } }], 'name must be set in manifest'],
  ['a name and a prefix', [cm('a', { generateName: 'a-' })], 'generateName must not be set in manifest'],
  [
    'the same object twice',
    [cm('a'), cm('b'), cm('a')],
    'duplicate manifest for resource ns/a with resource type v1.ConfigMap',
  ],
  [
    'the same cluster-scoped object twice',
    [1, 2].map(() => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' } })),
    'duplicate manifest for resource /a with resource type rbac.authorization.k8s.io/v1.ClusterRole',
  ],
  ['no kind', [{ ...cm('a'), kind: '' }], 'manifest 0 is not a Kubernetes object: it has no kind'],
  ['no object', [cm('a'), 'x'], 'manifest 1 is not a Kubernetes object: it has no apiVersion'],
  ['a bad one behind two duplicates', [cm('a'), cm('a'), cm('')], 'name must be set in manifest'],
])('[work 71] %s', (_what, manifests, problem) => {
  expect(judge(manifests)).toBe(problem);
});

test.each([
  ['objects', '{"a":', '}'],
  ['lists', '[', ']'],
])('%s that are nested deeper than 1000 levels are refused, with the index of the manifest', (_what, open, close) => {
  // The manifest itself is the first level.
  const nested = (levels: number): object => ({
    ...cm('b'),
    data: JSON.parse(`${open.repeat(levels - 1)}1${close.repeat(levels - 1)}`) as unknown,
  });
  expect(judge([cm('a'), nested(1000)])).toBeUndefined();
  expect(judge([cm('a'), nested(1001)])).toBe('manifest 1 is nested deeper than 1000 levels');
  expect(judge([cm('a'), nested(100_000)])).toBe('manifest 1 is nested deeper than 1000 levels');
});

test('[work 71] the size is judged before the content', () => {
  expect(judge([cm('')], 100)).toBe('name must be set in manifest');
  expect(judge([cm('')], 101)).toBe('the size of manifests is 101 bytes which exceeds the 100 limit');
});
