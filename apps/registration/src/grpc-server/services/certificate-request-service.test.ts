import { annotations, clusterGroup, clusterUser } from '@ocm/api';
import { aCSR } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { checkSubject, withCaller } from './certificate-request-service.ts';

test('[cloudevents-grpc 42] who asked is said by the server, and no annotation of the sender survives', () => {
  const sent = aCSR({ annotations: { [annotations.csrUser]: 'system:admin', other: 'x' } });
  expect(withCaller(sent, { user: 'agent1' }).metadata.annotations).toEqual({ [annotations.csrUser]: 'agent1' });
  expect(withCaller(sent, { user: 'agent1' }).spec).toBe(sent.spec);
});

const subjectOf = (cluster: string) =>
  aCSR({ commonName: clusterUser({ cluster, agent: 'x' }), organizations: [clusterGroup(cluster)] });

describe('the subject of a certificate request', () => {
  test('of the own cluster is taken', () => {
    expect(() => checkSubject(subjectOf('cluster1'), 'cluster1')).not.toThrow();
  });

  test('of another cluster is refused', () => {
    const refused = expect.objectContaining({ name: 'RefusedError', code: 'permission-denied' });
    expect(() => checkSubject(subjectOf('cluster2'), 'cluster1')).toThrow(refused);
  });

  test.each([undefined, { signerName: 's' }, { request: 'bm90aGluZw==' }])('that cannot be read is refused', (spec) => {
    const refused = expect.objectContaining({ name: 'RefusedError', code: 'failed-precondition' });
    expect(() => checkSubject({ ...aCSR(), spec: spec as never }, 'cluster1')).toThrow(refused);
  });
});
