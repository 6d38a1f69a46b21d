import { type CertificateSigningRequest, labels, signers } from '@ocm/api';
import { createCertificateRequest, generateKey } from '@ocm/pki';
import { describe, expect, test } from '@jest/globals';
import { judgeCsr, renewalReview } from './judge-csr.ts';

const key = await generateKey();
const COMMON = 'system:open-cluster-management:managed-clusters';
const GROUP = 'system:open-cluster-management:c1';
const USER = 'system:open-cluster-management:c1:agent1';
const POLICY = { signerName: signers.kubeClient, autoApprovedUsers: new Set(['bootstrap']) };

interface Over {
  readonly commonName?: string;
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly label?: string | undefined;
  readonly addOn?: string;
  readonly signerName?: string;
  readonly username?: string;
  readonly pem?: string;
  readonly decided?: 'Approved' | 'Denied';
}

function aRequest(over: Over = {}): CertificateSigningRequest {
  const { username = USER, signerName = signers.kubeClient, pem = pemOf(over), decided } = over;
  return {
    metadata: { name: 'c1-x', labels: labelsOf(over) },
    spec: { request: Buffer.from(pem).toString('base64'), signerName, username },
    status: decided === undefined ? {} : { conditions: [{ type: decided, status: 'True' }] },
  };
}

function pemOf({ commonName = USER, organizations = [GROUP, COMMON], dnsNames = [] }: Over): string {
  return createCertificateRequest({ key, commonName, organizations, dnsNames });
}

function labelsOf(over: Over): Record<string, string> {
  const label = 'label' in over ? over.label : 'c1';
  return {
    ...(label === undefined ? {} : { [labels.clusterName]: label }),
    ...(over.addOn === undefined ? {} : { [labels.addOnName]: over.addOn }),
  };
}

describe('judgeCsr', () => {
  test("[registration 12] the agent's own user renews", () => {
    expect(judgeCsr(aRequest(), POLICY)).toMatchObject({
      kind: 'renewal',
      cluster: 'c1',
      requester: { username: USER },
    });
  });

  test('[registration 17] the common group may be left out', () => {
    const own = aRequest({ organizations: [GROUP] });
    expect(judgeCsr(own, POLICY)).toMatchObject({ kind: 'renewal', cluster: 'c1' });
  });

  test.each<{ what: string; over: Over }>([
    { what: 'no cluster label', over: { label: undefined } },
    { what: 'an empty cluster label', over: { label: '', organizations: ['system:open-cluster-management:', COMMON] } },
    { what: 'an add-on label', over: { addOn: 'a1' } },
    { what: 'another signer', over: { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' } },
    { what: 'the gRPC signer', over: { signerName: signers.grpc } },
    { what: 'another cluster in O', over: { organizations: ['system:open-cluster-management:c1xyz', COMMON] } },
    { what: 'one more group', over: { organizations: [GROUP, COMMON, 'system:masters'] } },
    { what: 'only the common group', over: { organizations: [COMMON] } },
    { what: 'no groups', over: { organizations: [] } },
    { what: 'another cluster in CN', over: { commonName: 'system:open-cluster-management:c1xyz:agent1' } },
    { what: 'a CN without agent part', over: { commonName: GROUP } },
    { what: 'a CN with an empty agent part', over: { commonName: `${GROUP}:` } },
    { what: 'a CN with one more part', over: { commonName: `${USER}:extra` } },
    { what: 'no CN', over: { commonName: '' } },
    { what: 'the DNS name of a server', over: { dnsNames: ['hub-grpc-server.open-cluster-management-hub.svc'] } },
    { what: 'another PEM type', over: { pem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' } },
    { what: 'no PEM', over: { pem: 'hello' } },
    {
      what: 'no request in the PEM',
      over: { pem: '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n' },
    },
  ])('[registration 16] a request with $what is malformed, whoever asks', ({ over }) => {
    const username = over.commonName ?? USER;
    expect(judgeCsr(aRequest({ ...over, username }), POLICY)).toMatchObject({ kind: 'malformed' });
    expect(judgeCsr(aRequest({ ...over, username: 'bootstrap' }), POLICY)).toMatchObject({ kind: 'malformed' });
  });

  test('[registration 19, 20] a first request is approved for a listed user only', () => {
    const listed = aRequest({ username: 'bootstrap' });
    expect(judgeCsr(listed, POLICY)).toMatchObject({ kind: 'approve', cluster: 'c1' });
    const other = aRequest({ username: 'bootstrap2' });
    expect(judgeCsr(other, POLICY)).toEqual({ kind: 'leave-to-human', cluster: 'c1' });
  });

  test("a listed user's renewal is reviewed like any other", () => {
    const policy = { ...POLICY, autoApprovedUsers: new Set([USER]) };
    expect(judgeCsr(aRequest(), policy)).toMatchObject({ kind: 'renewal' });
  });

  test('[registration 15] the review of a renewal is about the requester, and names no cluster', () => {
    const { spec } = aRequest();
    const requester = { uid: 'u1', groups: [GROUP], extra: { 'example.com/scope': ['a'] } };
    expect(renewalReview({ ...spec, ...requester })).toEqual({
      user: USER,
      ...requester,
      resource: {
        group: 'register.open-cluster-management.io',
        resource: 'managedclusters',
        subresource: 'clientcertificates',
        verb: 'renew',
      },
    });
  });

  test("the agent of one cluster cannot renew another's certificate", () => {
    const foreign = aRequest({ username: 'system:open-cluster-management:c2:agent1' });
    expect(judgeCsr(foreign, POLICY)).toMatchObject({ kind: 'leave-to-human' });
  });

  test.each(['Approved', 'Denied'] as const)('a request that is %s is left alone', (decided) => {
    expect(judgeCsr(aRequest({ decided }), POLICY)).toEqual({ kind: 'decided' });
  });

  test('[cloudevents-grpc 45] who makes a request is whom the policy says, told what it asks for', () => {
    const requesterOf = (csr: CertificateSigningRequest, groups: readonly string[]) => ({
      username: csr.metadata.name === 'c1-x' ? USER : '',
      groups,
    });
    const passedOn = aRequest({ username: 'a-server', signerName: signers.grpc });
    const policy = { ...POLICY, signerName: signers.grpc, requesterOf };
    const requester = { username: USER, groups: [GROUP, COMMON] };
    expect(judgeCsr(passedOn, policy)).toEqual({ kind: 'renewal', cluster: 'c1', requester });
    const forAnother = aRequest({ username: USER, signerName: signers.grpc });
    expect(judgeCsr(forAnother, { ...policy, requesterOf: () => ({ username: 'bootstrap' }) })).toMatchObject({
      kind: 'approve',
    });
  });
});
