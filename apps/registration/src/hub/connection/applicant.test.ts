import { annotations, type CertificateSigningRequest, clusterGroup, clusterUser, labels, signers } from '@ocm/api';
import { aCSR } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { applicantOf, mayBeOwn } from './applicant.ts';

const SERVER = 'system:serviceaccount:open-cluster-management-hub:grpc-server-sa';
const POLICIES = [
  { signerName: signers.kubeClient },
  {
    signerName: signers.grpc,
    requesterOf: ({ spec, metadata }: CertificateSigningRequest) =>
      spec.username === SERVER ? { username: metadata.annotations?.[annotations.csrUser] ?? '' } : spec,
  },
];

/** A request for the certificate of an agent of c1. */
function request(over: Parameters<typeof aCSR>[0] = {}): CertificateSigningRequest {
  return aCSR({
    labels: { [labels.clusterName]: 'c1' },
    commonName: clusterUser({ cluster: 'c1', agent: 'a' }),
    organizations: [clusterGroup('c1')],
    username: 'system:serviceaccount:ocm:bootstrap',
    ...over,
  });
}

describe('who asks for the certificate of an agent', () => {
  test.each([
    { who: 'a bootstrap identity', over: {}, name: 'system:serviceaccount:ocm:bootstrap' },
    {
      who: 'the agent itself',
      over: { username: clusterUser({ cluster: 'c1', agent: 'a' }), groups: [clusterGroup('c1')] },
      name: clusterUser({ cluster: 'c1', agent: 'a' }),
    },
    {
      who: 'a caller of the gRPC server',
      over: { username: SERVER, signerName: signers.grpc, annotations: { [annotations.csrUser]: 'ann' } },
      name: 'ann',
    },
  ])('$who is named', ({ over, name }) => {
    expect(applicantOf(request(over), POLICIES).username).toBe(name);
    expect(mayBeOwn(request(over), POLICIES)).toBe(true);
  });

  test.each([
    { what: 'an agent of another cluster', over: { username: clusterUser({ cluster: 'c2', agent: 'a' }) } },
    { what: 'a member of the group of another cluster', over: { groups: ['open-cluster-management:c2'] } },
    {
      what: 'an agent of another cluster over gRPC',
      over: {
        username: SERVER,
        signerName: signers.grpc,
        annotations: { [annotations.csrUser]: clusterUser({ cluster: 'c2', agent: 'a' }) },
      },
    },
    { what: 'somebody who wants another identity', over: { organizations: [clusterGroup('c2')] } },
    { what: 'somebody who wants another signer', over: { signerName: 'example.com/other' } },
  ])('$what is passed over', ({ over }) => {
    expect(mayBeOwn(request(over), POLICIES)).toBe(false);
  });
});
