import { describe, expect, test } from '@jest/globals';
import { type KindLookup, type Manifest, parseManifest, resolveManifest } from './resolve-manifest.ts';

const served = (plural: string, namespaced: boolean): KindLookup => ({
  kind: 'served',
  resource: { group: '', version: 'v1', kind: 'Any', plural, namespaced },
});

function resolve(raw: unknown, lookup: KindLookup): Manifest {
  const parsed = parseManifest(raw, 3);
  return parsed.kind === 'parsed' ? resolveManifest(parsed, lookup) : parsed;
}

describe('parseManifest', () => {
  test.each([
    ['no object', 'text', 'it is not an object'],
    ['no kind', { apiVersion: 'v1' }, 'Kind'],
    ['no apiVersion', { kind: 'ConfigMap' }, 'apiVersion'],
    ['two slashes', { apiVersion: 'a/b/c', kind: 'ConfigMap' }, '"a/b/c"'],
    ['odd metadata', { apiVersion: 'v1', kind: 'ConfigMap', metadata: [] }, 'metadata is not an object'],
  ])('%s is not parseable, and only the ordinal is known', (_case, raw, message) => {
    const parsed = parseManifest(raw, 3);
    expect(parsed).toMatchObject({ kind: 'unresolved', kindName: undefined, meta: { ordinal: 3 } });
    expect(parsed.kind === 'unresolved' && Object.keys(parsed.meta)).toEqual(['ordinal']);
    expect(parsed.kind === 'unresolved' && parsed.error.message).toContain(message);
  });

  test('a group is told from a version', () => {
    expect(parseManifest({ apiVersion: 'apps/v1', kind: 'Deployment' }, 0)).toMatchObject({
      gvk: { group: 'apps', version: 'v1', kind: 'Deployment' },
    });
    expect(parseManifest({ apiVersion: 'v1', kind: 'Pod' }, 0)).toMatchObject({ gvk: { group: '', version: 'v1' } });
  });
});

describe('resolveManifest', () => {
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'n', uid: 'u', labels: { x: 'y' } },
    data: { k: 'v' },
  };

  test('a served kind gives resource, identity and content without uid', () => {
    expect(resolve(configMap, served('configmaps', true))).toMatchObject({
      kind: 'resolved',
      meta: {
        ordinal: 3,
        group: '',
        version: 'v1',
        kind: 'ConfigMap',
        resource: 'configmaps',
        name: 'a',
        namespace: 'n',
      },
      id: { group: '', resource: 'configmaps', namespace: 'n', name: 'a' },
      object: { metadata: { name: 'a', namespace: 'n', labels: { x: 'y' } }, data: { k: 'v' } },
    });
    const resolved = resolve(configMap, served('configmaps', true));
    expect(resolved.kind === 'resolved' && 'uid' in resolved.object.metadata).toBe(false);
  });

  test('a namespace of a cluster-scoped manifest is dropped', () => {
    const resolved = resolve({ ...configMap, kind: 'ClusterRole' }, served('clusterroles', false));
    expect(resolved).toMatchObject({ meta: { namespace: '' }, id: { namespace: '' } });
    expect(resolved.kind === 'resolved' && 'namespace' in resolved.object.metadata).toBe(false);
  });

  test('an unknown kind is named, and what the manifest says stays in its meta', () => {
    const resolved = resolve({ ...configMap, kind: 'Widget' }, { kind: 'unknown' });
    expect(resolved).toMatchObject({
      kind: 'unresolved',
      meta: { kind: 'Widget', resource: '', name: 'a', namespace: 'n' },
    });
    expect(resolved.kind === 'unresolved' && resolved.error.message).toBe(
      'the server doesn\'t have a resource type "Widget"',
    );
  });

  test('a discovery outage is not an unknown kind', () => {
    const error = new Error('connection refused');
    expect(resolve(configMap, { kind: 'failed', error })).toMatchObject({ kind: 'unresolved', error });
  });

  test.each([
    ['name', { namespace: 'n' }],
    ['namespace', { name: 'a' }],
  ])('a namespaced manifest without %s is unresolved', (field, metadata) => {
    const resolved = resolve({ ...configMap, metadata }, served('configmaps', true));
    expect(resolved.kind === 'unresolved' && resolved.error.message).toContain(`metadata.${field}`);
  });
});
