import { CertificateSigningRequest, type Kind, type KubeObject, labels, Lease, ManagedCluster } from '@ocm/api';
import { type CloudEvent, type DataType, dataTypes, formatEventType } from '@ocm/cloudevents';
import { describe, expect, test } from '@jest/globals';
import type { Publication } from '../event-service.ts';
import { publishedObject } from './published-object.ts';

function publication(dataType: DataType, payload: object | string | undefined): Publication {
  const type = { dataType, subresource: 'spec', action: 'create_request' } as const;
  const text = typeof payload === 'object' ? JSON.stringify(payload) : payload;
  const event: CloudEvent = {
    id: 'id1',
    source: 'agent',
    type: formatEventType(dataType, 'spec', 'create_request'),
    extensions: new Map(),
    ...(text === undefined ? {} : { data: Buffer.from(text) }),
  };
  return { event, type, clusterName: 'cluster1', caller: { user: 'u', groups: [] } };
}

const { managedCluster, lease, certificateRequest } = dataTypes;
const labelled = (cluster: string) => ({ metadata: { name: 'n', labels: { [labels.clusterName]: cluster } } });

describe('an object is taken when it belongs to the cluster that the sender was authorised for', () => {
  test.each<[Kind, DataType, KubeObject]>([
    [ManagedCluster, managedCluster, { metadata: { name: 'cluster1' } }],
    [Lease, lease, { metadata: { name: 'l', namespace: 'cluster1' } }],
    [CertificateSigningRequest, certificateRequest, labelled('cluster1')],
  ])('%#', (kind, dataType, object) => {
    expect(publishedObject(kind, publication(dataType, object))).toEqual(object);
  });
});

describe('and refused when it does not', () => {
  test.each<{ readonly what: string; readonly kind: Kind; readonly dataType: DataType; readonly object: object }>([
    { what: 'name', kind: ManagedCluster, dataType: managedCluster, object: { metadata: { name: 'cluster2' } } },
    { what: 'namespace', kind: Lease, dataType: lease, object: { metadata: { name: 'l', namespace: 'cluster2' } } },
    { what: 'no namespace', kind: Lease, dataType: lease, object: { metadata: { name: 'l' } } },
    { what: 'label', kind: CertificateSigningRequest, dataType: certificateRequest, object: labelled('cluster2') },
    {
      what: 'no label',
      kind: CertificateSigningRequest,
      dataType: certificateRequest,
      object: { metadata: { name: 'n' } },
    },
  ])('[cloudevents-grpc 54] $what', ({ kind, dataType, object }) => {
    const refused = expect.objectContaining({ name: 'RefusedError', code: 'permission-denied' });
    expect(() => publishedObject(kind, publication(dataType, object))).toThrow(refused);
  });
});

describe('nor is what cannot be read', () => {
  test.each<[object | string | undefined, string]>([
    [undefined, 'permission-denied'],
    ['', 'permission-denied'],
    ['{', 'failed-precondition'],
    ['[]', 'failed-precondition'],
    [{ metadata: {} }, 'failed-precondition'],
  ])('%j', (payload, code) => {
    const refused = expect.objectContaining({ name: 'RefusedError', code });
    expect(() => publishedObject(Lease, publication(lease, payload))).toThrow(refused);
  });
});
