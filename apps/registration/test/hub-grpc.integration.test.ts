import { X509Certificate } from 'node:crypto';
import { CertificateSigningRequest, signers } from '@ocm/api';
import { type CertificateAuthority, createCertificateAuthority, parseCertificates } from '@ocm/pki';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { grpcDriver } from '../src/hub/grpc/grpc-driver.ts';
import { agentOf, CsrRequests, type Requester, type Wish } from './csr-requests.ts';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';
import { grpcDriverRules } from './registration-controller-role.ts';

// The hub's part of registration over gRPC: requests come from the service account of the gRPC server, or from people who pretend.

const HOUR_MS = 3_600_000;
const SERVER: Requester = { user: 'system:serviceaccount:open-cluster-management-hub:grpc-server-sa' };
const CSR_USER = 'open-cluster-management.io/csr-user';

let lab: HubLab;
let requests: CsrRequests;
let authority: CertificateAuthority;

beforeAll(async () => {
  lab = await startHubLab({ controllerManager: true });
  requests = new CsrRequests(lab);
  await requests.allowEverybody();
  await lab.grantHub('grpc', grpcDriverRules);
  const now = new Date();
  authority = await createCertificateAuthority({ commonName: 'grpc-ca', validityMs: 24 * HOUR_MS, now });
  const authorityEnds = new Date(now.getTime() + 24 * HOUR_MS);
  const signer = { authority, authorityEnds, lifetimeMs: HOUR_MS };
  await lab.startHub({
    drivers: ['csr', 'grpc'],
    gates: { ManagedClusterAutoApproval: true },
    grpc: grpcDriver({
      signer,
      autoApprovedUsers: new Set(['listed-user']),
      namespace: 'open-cluster-management-hub',
    }),
  });
  await Promise.all(['mine', 'victim'].map((name) => clusterActor(lab, name).createAccepted()));
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** As the gRPC server makes it for one of its callers. */
function passedOn(cluster: string, caller: string, wish: Wish = {}): Promise<string> {
  return requests.make(SERVER, cluster, { signerName: signers.grpc, annotations: { [CSR_USER]: caller }, ...wish });
}

const find = (name: string): Promise<CertificateSigningRequest> =>
  lab.admin.kind(CertificateSigningRequest).get(name, { signal: lab.signal });

async function approve(name: string): Promise<void> {
  const csr = await find(name);
  const status = { ...csr.status, conditions: [{ type: 'Approved', status: 'True', reason: 'ByTest' } as const] };
  await lab.admin
    .kind(CertificateSigningRequest)
    .replace({ ...csr, status }, { subresource: 'approval', signal: lab.signal });
}

async function certificateOf(name: string): Promise<string> {
  const certificate = await until(async () => (await find(name)).status?.certificate, {
    describe: `request ${name} has a certificate`,
  });
  return Buffer.from(certificate, 'base64').toString();
}

async function expectPending(names: readonly string[]): Promise<void> {
  // Requests that were made earlier have been looked at when one that is made later is approved.
  await requests.expectApproved(await passedOn('mine', agentOf('mine').user));
  for (const name of names) expect([name, (await find(name)).status?.conditions ?? []]).toEqual([name, []]);
}

test('[registration 23] [cloudevents-grpc 43] an approved request is signed by the configured CA', async () => {
  const name = await passedOn('newcomer', 'bootstrap-user');
  await expectPending([name]);
  await approve(name);
  const pem = await certificateOf(name);
  const certificate = new X509Certificate(pem);
  expect(certificate.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  const [{ subject, notBefore, notAfter } = { subject: {}, notBefore: new Date(), notAfter: new Date(0) }] =
    parseCertificates(pem);
  expect(subject).toMatchObject({ commonName: agentOf('newcomer').user, organizations: agentOf('newcomer').groups });
  expect(notAfter.getTime() - notBefore.getTime()).toBe(HOUR_MS);
});

test('[cloudevents-grpc 44] what is for another signer, or not approved, or signed already, is left alone', async () => {
  const foreign = await passedOn('newcomer', 'bootstrap-user', { signerName: 'example.com/other' });
  const waiting = await passedOn('newcomer', 'bootstrap-user');
  const signed = await passedOn('newcomer', 'bootstrap-user');
  await approve(foreign);
  await approve(signed);
  const first = await certificateOf(signed);
  const later = await passedOn('newcomer', 'bootstrap-user');
  await approve(later);
  await certificateOf(later);
  await expect(certificateOf(signed)).resolves.toBe(first);
  expect((await find(foreign)).status?.certificate).toBeUndefined();
  expect((await find(waiting)).status).toEqual({});
});

test('[cloudevents-grpc 45] a renewal is approved when the annotation of the gRPC server names its CN', async () => {
  const name = await passedOn('mine', agentOf('mine').user);
  await requests.expectApproved(name);
  await certificateOf(name);
});

const mine = agentOf('mine').user;
const victim = agentOf('victim').user;

test.each<{ what: string; make: () => Promise<string> }>([
  { what: 'the CN of another cluster', make: () => passedOn('mine', mine, { commonName: victim }) },
  { what: 'a complete request of another cluster', make: () => passedOn('victim', mine) },
  { what: 'no annotation', make: () => passedOn('victim', victim, { annotations: {} }) },
  { what: 'a cluster that is not accepted', make: () => passedOn('nowhere', agentOf('nowhere').user) },
  {
    what: 'an annotation of a stranger, made directly through the API',
    make: () =>
      requests.make({ user: 'stranger' }, 'victim', { signerName: signers.grpc, annotations: { [CSR_USER]: victim } }),
  },
  {
    what: 'an annotation of the gRPC server of another namespace',
    make: () =>
      requests.make({ user: 'system:serviceaccount:elsewhere:grpc-server-sa' }, 'victim', {
        signerName: signers.grpc,
        annotations: { [CSR_USER]: victim },
      }),
  },
  {
    what: 'an annotation of a stranger that names a listed user',
    make: () =>
      requests.make({ user: 'stranger' }, 'newcomer', {
        signerName: signers.grpc,
        annotations: { [CSR_USER]: 'listed-user' },
      }),
  },
])('[cloudevents-grpc 45] a request with $what is not approved', async ({ make }) => {
  await expectPending([await make()]);
});

test('[registration 23] [cloudevents-grpc 46] a first request of a listed gRPC user is approved, of others it waits', async () => {
  await requests.expectApproved(await passedOn('fresh', 'listed-user'));
  await expectPending([await passedOn('fresh', 'other-user'), await passedOn('fresh', 'listed')]);
});

test('a listed gRPC user is not listed for the API', async () => {
  await expectPending([await requests.make({ user: 'listed-user' }, 'fresh')]);
});
