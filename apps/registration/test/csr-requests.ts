import { CertificateSigningRequest, clusterGroup, clusterUser, labels, managedClustersGroup, signers } from '@ocm/api';
import { connect } from '@ocm/kube';
import { createCertificateRequest, generateKey } from '@ocm/pki';
import { grantRights, until } from '@ocm/testing';
import { expect } from '@jest/globals';
import type { HubLab } from './hub-lab.ts';

const USAGES = ['digital signature', 'key encipherment', 'client auth'];
const key = await generateKey();

/** Who makes a request. */
export interface Requester {
  readonly user: string;
  readonly groups?: readonly string[];
}

/** What a request asks for, where it is not the renewal of the cluster's agent. */
export interface Wish {
  readonly label?: string;
  readonly commonName?: string;
  readonly organizations?: readonly string[];
  readonly signerName?: string;
  /** What the request says about who makes it; the API server knows better. */
  readonly username?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

type Conditions = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>;

/** The identity of the agent of a cluster, as its certificate has it. */
export function agentOf(cluster: string): Required<Requester> {
  return {
    user: clusterUser({ cluster, agent: 'agent1' }),
    groups: [clusterGroup(cluster), managedClustersGroup],
  };
}

/** Certificate requests on the hub of a lab, from anybody, as from a bootstrap identity that clusters share. */
export class CsrRequests {
  readonly #lab: HubLab;

  constructor(lab: HubLab) {
    this.#lab = lab;
  }

  /** Lets everybody with a valid certificate make requests. */
  async allowEverybody(): Promise<void> {
    const { admin, signal } = this.#lab;
    const name = 'everybody-makes-requests';
    const rules = [
      { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['create'] },
    ];
    await grantRights(admin, { name, to: { group: 'system:authenticated' }, rules }, signal);
  }

  /** Makes a request and returns its name. */
  async make(as: Requester, cluster: string, wish: Wish = {}): Promise<string> {
    const { controlPlane, signal } = this.#lab;
    const agent = agentOf(cluster);
    const { label = cluster, commonName = agent.user, organizations = agent.groups } = wish;
    const pem = createCertificateRequest({ key, commonName, organizations });
    const text = await controlPlane.kubeconfig(as);
    const source = { kind: 'text', text, directory: controlPlane.directory } as const;
    await using client = await connect(source, { userAgent: 'test-agent', signal });
    const csr = await client.kind(CertificateSigningRequest).create(
      {
        metadata: {
          generateName: `${cluster}-`,
          labels: { [labels.clusterName]: label },
          ...(wish.annotations === undefined ? {} : { annotations: wish.annotations }),
        },
        spec: {
          request: Buffer.from(pem).toString('base64'),
          signerName: wish.signerName ?? signers.kubeClient,
          usages: USAGES,
          ...(wish.username === undefined ? {} : { username: wish.username }),
        },
      },
      { signal },
    );
    return csr.metadata.name;
  }

  async expectApproved(name: string): Promise<void> {
    const conditions = await until(
      async () => {
        const found = await this.#conditionsOf(name);
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

  /** Requests made earlier have been looked at when one made later, for an accepted cluster, is approved. */
  async expectIgnored(names: readonly string[], accepted: string): Promise<void> {
    await this.expectApproved(await this.make(agentOf(accepted), accepted));
    for (const name of names) expect([name, await this.#conditionsOf(name)]).toEqual([name, []]);
  }

  async #conditionsOf(name: string): Promise<Conditions> {
    const { admin, signal } = this.#lab;
    const csr = await admin.kind(CertificateSigningRequest).get(name, { signal });
    return csr.status?.conditions ?? [];
  }
}
