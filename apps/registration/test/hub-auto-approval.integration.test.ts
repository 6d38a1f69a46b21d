import { annotations, CertificateSigningRequest, clusterGroup } from '@ocm/api';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { agentOf, CsrRequests, type Wish } from './csr-requests.ts';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

const HUB_ACCEPTED = 'HubAcceptedManagedCluster';
const LISTED = { user: 'listed' };
let lab: HubLab;
let requests: CsrRequests;

beforeAll(async () => {
  lab = await startHubLab();
  requests = new CsrRequests(lab);
  await requests.allowEverybody();
  await lab.startHub({
    gates: { ManagedClusterAutoApproval: true },
    autoApprovedCsrUsers: new Set([LISTED.user]),
    worksRecheckMs: 50,
  });
  await clusterActor(lab, 'mine').createAccepted();
});
afterAll(async () => lab[Symbol.asyncDispose]());

async function reasonsOf(csr: string): Promise<readonly (string | undefined)[]> {
  const { status } = await lab.admin.kind(CertificateSigningRequest).get(csr, { signal: lab.signal });
  return status?.conditions?.map(({ reason }) => reason) ?? [];
}

test('[registration 19, 20] clusters are accepted, and the first request of a listed user is approved, that of another is not', async () => {
  const c = clusterActor(lab, 'automatic');
  await c.create();
  const other = await requests.make({ user: 'not-listed' }, 'automatic');
  const listed = await requests.make({ user: 'listed' }, 'automatic');
  await until(async () => (await c.condition(HUB_ACCEPTED))?.status === 'True', { describe: 'accepted' });
  const cluster = await c.find();
  expect(cluster?.spec?.hubAcceptsClient).toBe(true);
  expect(cluster?.metadata.annotations?.[annotations.automaticallyAcceptedOn]).toMatch(/^\d{4}-\d\d-\d\dT/);
  await until(async () => (await reasonsOf(listed)).join() === 'AutoApprovedByHubCSRApprovingController', {
    describe: 'the request is approved',
  });
  expect(await reasonsOf(other)).toEqual([]);
});

test('[registration 21] a cluster that was accepted automatically stays denied when it is denied by hand', async () => {
  const c = clusterActor(lab, 'unwanted');
  await c.create();
  await until(async () => (await c.condition(HUB_ACCEPTED))?.status === 'True', { describe: 'accepted' });
  await c.deny();
  await until(async () => (await c.condition(HUB_ACCEPTED))?.reason === 'HubClusterAdminDenied', {
    describe: 'denied',
  });
  // A later change of the cluster does not bring it back: the hub has seen it when it has handled a cluster made after it.
  await c.touch();
  const next = clusterActor(lab, 'next');
  await next.create();
  await until(async () => (await next.condition(HUB_ACCEPTED))?.status === 'True', {
    describe: 'the next is accepted',
  });
  expect((await c.find())?.spec?.hubAcceptsClient).toBe(false);
  expect((await c.condition(HUB_ACCEPTED))?.status).toBe('False');
});

// Nobody gets the identity of another, or more than the identity of an agent, with a bootstrap identity.
const FORGERIES: readonly { readonly what: string; readonly wish: Wish }[] = [
  { what: 'the groups of two clusters', wish: { organizations: [...agentOf('mine').groups, clusterGroup('victim')] } },
  { what: 'a name that is not of the cluster of the label', wish: { label: 'victim' } },
  { what: 'the groups of another cluster', wish: { organizations: agentOf('victim').groups } },
  { what: 'a group of administrators', wish: { organizations: ['cluster-admins'] } },
  { what: 'a name outside the clusters', wish: { commonName: 'system:kube-controller-manager' } },
  { what: 'another signer', wish: { signerName: 'example.com/other' } },
];

test.each(FORGERIES)('a forged request of a listed user stays without conditions: $what', async ({ wish }) => {
  await requests.expectIgnored([await requests.make(LISTED, 'mine', wish)], 'mine');
});
