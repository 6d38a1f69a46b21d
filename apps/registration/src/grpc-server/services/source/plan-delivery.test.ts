import type { ManifestWork } from '@ocm/api';
import {
  type CloudEvent,
  dataTypes,
  extensions,
  integerAttribute,
  stringAttribute,
  timestampAttribute,
} from '@ocm/cloudevents';
import { aManifestWork } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import type { Publication } from '../../event-service.ts';
import { planUpdate, readDelivery } from './plan-delivery.ts';
import { storedMetadata } from './work-origin.ts';

const MANIFESTS = { manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }] };
const ORIGIN = { source: 'src1', resourceId: 'r1', version: 7 };

interface Over {
  readonly action?: string;
  readonly source?: string;
  readonly resourceId?: string;
  readonly deletion?: boolean;
  readonly payload?: object;
}

function publication({
  action = 'create_request',
  source = 'src1',
  resourceId = 'r1',
  deletion,
  payload = MANIFESTS,
}: Over): Publication {
  const event: CloudEvent = {
    id: 'id1',
    source,
    type: `io.open-cluster-management.works.v1alpha1.manifestbundles.spec.${action}`,
    extensions: new Map([
      [extensions.clusterName, stringAttribute('cluster1')],
      [extensions.resourceId, stringAttribute(resourceId)],
      [extensions.resourceVersion, integerAttribute('resourceversion', 7)],
      ...(deletion === true ? [[extensions.deletionTimestamp, timestampAttribute(new Date(0))] as const] : []),
    ]),
    data: Buffer.from(JSON.stringify(payload)),
  };
  const type = { dataType: dataTypes.bundle, subresource: 'spec', action } as const;
  return { event, type, clusterName: 'cluster1', caller: { user: 'u', groups: [] } };
}

describe('what a source wants', () => {
  test.each(['create_request', 'update_request'])('%s is a work to put', (action) => {
    const delivery = readDelivery(publication({ action }));
    expect(delivery).toMatchObject({ kind: 'put', origin: ORIGIN, work: { spec: { workload: MANIFESTS } } });
    expect(delivery.work.metadata).toMatchObject({ name: 'r1', namespace: 'cluster1' });
  });

  test('delete_request with a deletion time is a work to delete', () => {
    expect(readDelivery(publication({ action: 'delete_request', deletion: true }))).toMatchObject({
      kind: 'delete',
      origin: ORIGIN,
    });
  });

  test.each<[string, Over]>([
    ['a deletion that was authorised as an update', { action: 'update_request', deletion: true }],
    ['a deletion without its time', { action: 'delete_request' }],
    ['an unknown action', { action: 'resync_response' }],
    ['no manifests', { payload: { manifests: [] } }],
    ['no source', { source: '' }],
    ['no resource id', { resourceId: '' }],
  ])('%s is refused', (_, over) => {
    const refused = expect.objectContaining({ name: 'RefusedError', code: 'failed-precondition' });
    expect(() => readDelivery(publication(over))).toThrow(refused);
  });
});

function work(value: string, version = 7): ManifestWork {
  const { metadata, spec } = aManifestWork({
    manifests: [{ kind: 'ConfigMap', data: { value } } as never],
    labels: { value },
  });
  return { metadata: storedMetadata(metadata, { ...ORIGIN, version }), ...(spec === undefined ? {} : { spec }) };
}

function stored(value: string, version = 7): ManifestWork {
  const { metadata, ...rest } = work(value, version);
  return { ...rest, metadata: { ...metadata, uid: 'u1', resourceVersion: '5' } };
}

describe('what a delivered work changes', () => {
  test('spec, labels and the version of the source go in one guarded patch', () => {
    const plan = planUpdate(stored('a', 6), work('b'), { version: 7 });
    expect(plan).toMatchObject({
      kind: 'patch',
      patch: {
        metadata: { uid: 'u1', resourceVersion: '5', labels: { value: 'b' } },
        spec: { workload: { manifests: [{ data: { value: 'b' } }] } },
      },
    });
    expect(JSON.stringify(plan)).toContain('resourceversion":"7"');
  });

  test.each([
    { what: 'a lower version', value: 'b', has: 8, version: 7, kind: 'nothing' },
    { what: 'the same version with the same content', value: 'a', has: 7, version: 7, kind: 'nothing' },
    { what: 'the same version with other content', value: 'b', has: 7, version: 7, kind: 'patch' },
    { what: 'no version, whatever the hub has', value: 'b', has: 8, version: 0, kind: 'patch' },
  ])('$what: $kind', ({ value, has, version, kind }) => {
    expect(planUpdate(stored('a', has), work(value, version), { version }).kind).toBe(kind);
  });

  test('a work that is being deleted is not changed any more', () => {
    const { metadata, ...rest } = stored('a');
    const deleting = { ...rest, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(planUpdate(deleting, work('b'), ORIGIN)).toEqual({ kind: 'deleting' });
  });
});
