import { type CertificateSigningRequest, signers } from '@ocm/api';
import { expect, test } from '@jest/globals';
import { grpcRequester } from './grpc-requester.ts';

const SERVER = 'system:serviceaccount:open-cluster-management-hub:grpc-server-sa';
const AGENT = 'system:open-cluster-management:c1:a';
const ORGANIZATIONS = ['system:open-cluster-management:c1'];

function aRequest(username: string, csrUser?: string): CertificateSigningRequest {
  const annotations = csrUser === undefined ? {} : { 'open-cluster-management.io/csr-user': csrUser };
  const groups = ['system:authenticated'];
  return {
    metadata: { name: 'c1-x', annotations },
    spec: { request: '', signerName: signers.grpc, username, uid: 'u1', groups },
  };
}

test('a request of the gRPC server is made by the user in its annotation, with the groups that it asks for', () => {
  expect(grpcRequester(aRequest(SERVER, AGENT), ORGANIZATIONS, SERVER)).toEqual({
    username: AGENT,
    groups: ORGANIZATIONS,
  });
});

test('the gRPC server itself is nobody', () => {
  expect(grpcRequester(aRequest(SERVER), ORGANIZATIONS, SERVER)).toEqual({ username: '', groups: ORGANIZATIONS });
});

test.each(['someone', `${SERVER}2`, 'system:serviceaccount:other:grpc-server-sa'])(
  '[cloudevents-grpc 45] the annotation on a request of %s says nothing',
  (username) => {
    expect(grpcRequester(aRequest(username, AGENT), ORGANIZATIONS, SERVER)).toMatchObject({
      username,
      uid: 'u1',
      groups: ['system:authenticated'],
    });
  },
);
