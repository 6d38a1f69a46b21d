import {
  CertificateSigningRequest,
  ClusterRole,
  ClusterRoleBinding,
  clusterGroup,
  clusterUser,
  labels,
  managedClustersGroup,
  signers,
} from '@ocm/api';
import { connect, type KubeClient } from '@ocm/kube';
import { createCertificateRequest, generateKey } from '@ocm/pki';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClusterActor, clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

const USAGES = ['digital signature', 'key encipherment', 'client auth'];
const key = await generateKey();
let lab: HubLab;
const cluster = (name: string): ClusterActor => clusterActor(lab, name);

beforeAll(async () => {
  lab = await startHubLab();
  await letEverybodyMakeRequests();
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** So that a request may come from anybody, as from a bootstrap identity that the cluster shares. */
async function letEverybodyMakeRequests(): Promise<void> {
  const name = 'everybody-makes-requests';
  const rules = [
    { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['create'] },
  ] as const;
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name } as const;
  const subjects = [{ kind: 'Group', apiGroup: roleRef.apiGroup, name: 'system:authenticated' }] as const;
  await lab.admin.kind(ClusterRole).create({ metadata: { name }, rules }, { signal: lab.signal });
  await lab.admin.kind(ClusterRoleBinding).create({ metadata: { name }, roleRef, subjects }, { signal: lab.signal });
}

const agentOf = (cluster: string): { user: string; groups: readonly string[] } => ({
  user: clusterUser({ cluster, agent: 'agent1' }),
  groups: [clusterGroup(cluster), managedClustersGroup],
});

interface Wish {
  readonly label?: string;
  readonly commonName?: string;
  readonly organizations?: readonly string[];
  readonly signerName?: string;
}

/** Makes a request as a user and returns its name. */
async function request(
  as: { readonly user: string; readonly groups?: readonly string[] },
  cluster: string,
  wish: Wish = {},
): Promise<string> {
  const agent = agentOf(cluster);
  const { label = cluster, commonName = agent.user, organizations = agent.groups } = wish;
  const pem = createCertificateRequest({ key, commonName, organizations });
  await using client = await clientOf(as);
  const csr = await client.kind(CertificateSigningRequest).create(
    {
      metadata: { generateName: `${cluster}-`, labels: { [labels.clusterName]: label } },
      spec: {
        request: Buffer.from(pem).toString('base64'),
        signerName: wish.signerName ?? signers.kubeClient,
        usages: USAGES,
      },
    },
    { signal: lab.signal },
  );
  return csr.metadata.name;
}

async function clientOf(as: { readonly user: string; readonly groups?: readonly string[] }): Promise<KubeClient> {
  const text = await lab.controlPlane.kubeconfig(as);
  const source = { kind: 'text', text, directory: lab.controlPlane.directory } as const;
  return connect(source, { userAgent: 'test-agent', signal: lab.signal });
}

async function conditionsOf(name: string): Promise<NonNullable<CertificateSigningRequest['status']>['conditions']> {
  const csr = await lab.admin.kind(CertificateSigningRequest).get(name, { signal: lab.signal });
  return csr.status?.conditions ?? [];
}

async function expectApproved(name: string): Promise<void> {
  const conditions = await until(
    async () => {
      const found = (await conditionsOf(name)) ?? [];
      return found.length > 0 && found;
    },
    { describe: `request ${name} is decided` },
  );
  expect(conditions).toMatchObject([
    {
      type: 'Approved',
      status: 'True',
      reason: 'AutoApprovedByHubCSRApprovingController',
      message: 'Auto approving Managed cluster agent certificate after SubjectAccessReview.',
    },
  ]);
}

/** Requests made earlier have been looked at by now: one made later is approved. */
async function expectIgnored(names: readonly string[], accepted: string): Promise<void> {
  await expectApproved(await request(agentOf(accepted), accepted));
  for (const name of names) expect([name, await conditionsOf(name)]).toEqual([name, []]);
}

describe('without auto approval', () => {
  beforeAll(async () => {
    await lab.startHub();
  });

  test("[registration 12] a renewal by the accepted agent's own user is approved", async () => {
    await cluster('renewing').createAccepted();
    await expectApproved(await request(agentOf('renewing'), 'renewing'));
  });

  test('[registration 17] the common group may be missing from the request', async () => {
    await cluster('plain').createAccepted();
    const organizations = [clusterGroup('plain')];
    await expectApproved(await request(agentOf('plain'), 'plain', { organizations }));
  });

  test('[registration 15] a renewal of a denied cluster is not approved', async () => {
    await cluster('trusted').createAccepted();
    const c = cluster('expelled');
    await c.createAccepted();
    await c.deny();
    await until(async () => (await c.condition('HubAcceptedManagedCluster'))?.status === 'False', {
      describe: 'denied',
    });
    await expectIgnored([await request(agentOf('expelled'), 'expelled')], 'trusted');
  });

  test('[registration 16] a request that is not exactly that of its cluster stays without conditions', async () => {
    await cluster('exact').createAccepted();
    const agent = agentOf('exact');
    const foreign = agentOf('exactxyz');
    const names = await Promise.all([
      request(agent, 'exact', { organizations: foreign.groups }),
      request(foreign, 'exact', { commonName: foreign.user }),
      request({ user: clusterGroup('exact') }, 'exact', { commonName: clusterGroup('exact') }),
      request({ user: `${agent.user}:more` }, 'exact', { commonName: `${agent.user}:more` }),
      request(agent, 'exact', { signerName: 'example.com/other' }),
      request(agent, 'exact', { label: 'other' }),
      request(agent, 'exact', { organizations: [...agent.groups, 'cluster-admins'] }),
    ]);
    await expectIgnored(names, 'exact');
  });

  test('[registration 20] a first request waits for a human', async () => {
    await cluster('patient').createAccepted();
    await expectIgnored([await request({ user: 'bootstrap' }, 'patient')], 'patient');
  });
});
