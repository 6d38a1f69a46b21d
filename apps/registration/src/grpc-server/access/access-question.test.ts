import { describe, expect, test } from '@jest/globals';
import type { ResourceAttributes } from '@ocm/api';
import { type DataType, dataTypes } from '@ocm/cloudevents';
import { accessQuestion, type EventAction } from './access-question.ts';

const CLUSTER = 'c1';
const question = (dataType: DataType, action: string, over: Partial<EventAction> = {}) =>
  accessQuestion({ dataType, subresource: 'spec', action, clusterName: CLUSTER, ...over });

describe('the question to the hub (cloudevents-grpc 14.2)', () => {
  test.each<[keyof typeof dataTypes, ResourceAttributes]>([
    ['bundle', { group: 'work.open-cluster-management.io', resource: 'manifestworks' }],
    ['managedCluster', { group: 'cluster.open-cluster-management.io', resource: 'managedclusters', name: CLUSTER }],
    ['addOn', { group: 'addon.open-cluster-management.io', resource: 'managedclusteraddons' }],
    ['addOnV1Alpha1', { group: 'addon.open-cluster-management.io', resource: 'managedclusteraddons' }],
    ['certificateRequest', { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' }],
    ['event', { group: 'events.k8s.io', resource: 'events' }],
    ['lease', { group: 'coordination.k8s.io', resource: 'leases' }],
  ])('about %s names its resource', (name, resource) => {
    expect(question(dataTypes[name], 'update_request')).toEqual({
      kind: 'ask',
      resource: { ...resource, verb: 'update', namespace: CLUSTER },
    });
    expect(question(dataTypes[name], 'update_request', { subresource: 'status' })).toEqual({
      kind: 'ask',
      resource: { ...resource, verb: 'update', namespace: CLUSTER, subresource: 'status' },
    });
  });

  test.each([
    ['create_request', 'create'],
    ['update_request', 'update'],
    ['delete_request', 'delete'],
    ['resync_request', 'list'],
    ['watch_request', 'watch'],
  ])('%s is verb %s', (action, verb) => {
    expect(question(dataTypes.bundle, action)).toMatchObject({ kind: 'ask', resource: { verb } });
  });

  test.each(['resync_response', 'toString', '', 'CREATE_REQUEST'])('is not asked about action "%s"', (action) => {
    const refused = { kind: 'refuse', message: expect.stringContaining('unsupported action') };
    expect(question(dataTypes.bundle, action)).toEqual(refused);
  });

  test.each(['create_request', 'watch_request'])(
    'is not asked about a name that no cluster can have, for %s',
    (action) => {
      const refused = { kind: 'refuse', message: expect.stringContaining('no cluster has a name') };
      for (const dataType of [dataTypes.certificateRequest, dataTypes.tokenRequest]) {
        expect(question(dataType, action, { clusterName: 'c'.repeat(254) })).toEqual(refused);
      }
      expect(question(dataTypes.certificateRequest, action, { clusterName: 'c'.repeat(253) })).toMatchObject({
        kind: 'ask',
      });
    },
  );

  test('is not asked about other data types', () => {
    const retired = { group: 'io.open-cluster-management.works', version: 'v1alpha1', resource: 'manifests' };
    const refused = { kind: 'refuse', message: expect.stringContaining('unsupported event type') };
    expect(question(retired, 'watch_request')).toEqual(refused);
    expect(question({ ...dataTypes.lease, version: 'v2' }, 'watch_request')).toEqual(refused);
  });
});

describe('the question about tokens (cloudevents-grpc 14.2)', () => {
  const token = { group: '', resource: 'serviceaccounts', subresource: 'token', namespace: CLUSTER };
  const data = Buffer.from('{"metadata":{"name":"agent"}}');

  test('is about the service account of the payload, or about subscribing', () => {
    const create = question(dataTypes.tokenRequest, 'create_request', { data });
    expect(create).toEqual({ kind: 'ask', resource: { ...token, verb: 'create', name: 'agent' } });
    const watch = question(dataTypes.tokenRequest, 'watch_request');
    expect(watch).toEqual({ kind: 'ask', resource: { ...token, verb: 'subscribe' } });
  });

  const long = JSON.stringify({ metadata: { name: 'n'.repeat(254) } });
  const nameless = [
    undefined,
    '',
    'x',
    'null',
    '{}',
    '{"metadata":{"name":7}}',
    '{"metadata":{"name":""}}',
    '[]',
    long,
  ];
  test.each(nameless)('is not asked without a name, as in %j', (payload) => {
    const sent = payload === undefined ? {} : { data: Buffer.from(payload) };
    expect(question(dataTypes.tokenRequest, 'create_request', sent)).toMatchObject({ kind: 'refuse' });
  });

  test.each(['update_request', 'delete_request', 'resync_request'])('is not asked for %s', (action) => {
    expect(question(dataTypes.tokenRequest, action, { data })).toMatchObject({ kind: 'refuse' });
  });
});
