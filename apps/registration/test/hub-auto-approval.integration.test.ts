import { annotations, CertificateSigningRequest, clusterGroup, clusterUser, labels, signers } from '@ocm/api';
import { ClusterRole, ClusterRoleBinding } from '@ocm/api';
import { connect } from '@ocm/kube';
import { createCertificateRequest, generateKey } from '@ocm/pki';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

const HUB_ACCEPTED = 'HubAcceptedManagedCluster';
const key = await generateKey();
let lab: HubLab;

beforeAll(async () => {
  lab = await startHubLab();
  await lab.startHub({
    gates: { ManagedClusterAutoApproval: true },
    autoApprovedCsrUsers: new Set(['listed']),
    worksRecheckMs: 50,
  });
  const name = 'bootstrap';
  const rules = [
    { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['create'] },
  ] as const;
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name } as const;
  const subjects = [{ kind: 'Group', apiGroup: roleRef.apiGroup, name: 'system:authenticated' }] as const;
  await lab.admin.kind(ClusterRole).create({ metadata: { name }, rules }, { signal: lab.signal });
  await lab.admin.kind(ClusterRoleBinding).create({ metadata: { name }, roleRef, subjects }, { signal: lab.signal });
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** The first request of a cluster's agent, made by a bootstrap user. */
async function firstRequest(user: string, cluster: string): Promise<string> {
  const text = await lab.controlPlane.kubeconfig({ user });
  const source = { kind: 'text', text, directory: lab.controlPlane.directory } as const;
  await using client = await connect(source, { userAgent: 'test-agent', signal: lab.signal });
  const commonName = clusterUser({ cluster, agent: 'agent1' });
  const pem = createCertificateRequest({ key, commonName, organizations: [clusterGroup(cluster)] });
  const csr = await client.kind(CertificateSigningRequest).create(
    {
      metadata: { generateName: `${cluster}-`, labels: { [labels.clusterName]: cluster } },
      spec: {
        request: Buffer.from(pem).toString('base64'),
        signerName: signers.kubeClient,
        usages: ['digital signature', 'key encipherment', 'client auth'],
      },
    },
    { signal: lab.signal },
  );
  return csr.metadata.name;
}

async function reasonsOf(csr: string): Promise<readonly (string | undefined)[]> {
  const { status } = await lab.admin.kind(CertificateSigningRequest).get(csr, { signal: lab.signal });
  return status?.conditions?.map(({ reason }) => reason) ?? [];
}

test('[registration 19, 20] clusters are accepted, and the first request of a listed user is approved, that of another is not', async () => {
  const c = clusterActor(lab, 'automatic');
  await c.create();
  const other = await firstRequest('not-listed', 'automatic');
  const listed = await firstRequest('listed', 'automatic');
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
