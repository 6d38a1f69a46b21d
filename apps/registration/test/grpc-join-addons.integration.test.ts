import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Role, RoleBinding, ServiceAccount, tokenInfrastructureMessage } from '@ocm/api';
import { parseCertificates } from '@ocm/pki';
import { until } from '@ocm/testing';
import { parse } from 'yaml';
import { readToken } from '../src/agent/addon/token/judge-token.ts';
import { addOnActor, makeNamespace } from './addon-lab.ts';
import type { AgentRunOptions, RunningAgent } from './agent-lab.ts';
import { type GrpcCluster, type GrpcJoinLab, startGrpcJoinLab } from './grpc-join-lab.ts';
import { GRPC_SERVER_USER, type RunningGrpcServer } from './grpc-lab.ts';

let join: GrpcJoinLab;
let server: RunningGrpcServer;
beforeAll(async () => {
  join = await startGrpcJoinLab();
  server = await join.grpc.startServer();
});
afterAll(async () => join[Symbol.asyncDispose]());

async function joined(name: string, options: AgentRunOptions): Promise<{ cluster: GrpcCluster; agent: RunningAgent }> {
  const cluster = await join.cluster(name, server);
  const agent = await cluster.startAgent({ ...options, flags: ['--agent-id=agent1', ...(options.flags ?? [])] });
  await cluster.admit();
  return { cluster, agent };
}

test('an add-on gets a certificate of the signer of the hub API by a request over gRPC', async () => {
  const { cluster, agent } = await joined('certified', {});
  await makeNamespace(join.lab, 'proxy');
  const proxy = addOnActor(join.lab, { cluster, name: 'proxy', namespace: 'proxy' });
  await proxy.create();
  const { metadata, spec } = await proxy.approveNext();
  expect(metadata.annotations).toEqual({
    'open-cluster-management.io/csr-user': 'system:open-cluster-management:certified:agent1',
  });
  expect(spec).toMatchObject({ username: GRPC_SERVER_USER, signerName: 'kubernetes.io/kube-apiserver-client' });
  const secret = await proxy.untilSecret();
  expect(Object.keys(secret).toSorted()).toEqual(['cluster-name', 'kubeconfig', 'tls.crt', 'tls.key']);
  const [certificate] = parseCertificates(secret['tls.crt'] ?? '');
  expect(certificate?.subject.commonName).toBe(
    'system:open-cluster-management:cluster:certified:addon:proxy:agent:proxy',
  );
  expect(parse(secret['kubeconfig'] ?? '')).toMatchObject({
    clusters: [{ cluster: { server: 'https://127.0.0.1:1' } }],
  });
  await proxy.untilCondition('ClusterCertificateRotated', 'True');
  expect((await proxy.find())?.status?.registrations).toEqual([{ type: 'kubeClient', kubeClient: { driver: 'csr' } }]);
  // The cluster's own credential is not touched by requests of add-ons.
  await expect(proxy.requests()).resolves.toHaveLength(1);
  await expect(cluster.requests()).resolves.toHaveLength(2);

  await proxy.delete();
  await proxy.untilNoSecret();
  await agent.stop();
});

/** What the add-on manager makes for an add-on with tokens over gRPC (cloudevents-grpc 15.2). */
async function tokenInfrastructure(cluster: string, addOn: string): Promise<string> {
  const { admin, hub } = join.lab;
  const { signal } = hub;
  const metadata = { namespace: cluster, name: `${addOn}-token-role` };
  const tokens = { apiGroups: [''], resources: ['serviceaccounts/token'] };
  const rules = [
    { ...tokens, verbs: ['create'], resourceNames: [`${addOn}-agent`] },
    { ...tokens, verbs: ['subscribe'] },
  ];
  await admin.kind(Role).create({ metadata, rules }, { signal });
  const apiGroup = 'rbac.authorization.k8s.io';
  const subjects = [{ kind: 'Group', apiGroup, name: `system:open-cluster-management:${cluster}` }] as const;
  const roleRef = { apiGroup, kind: 'Role', name: metadata.name } as const;
  await admin.kind(RoleBinding).create({ metadata, roleRef, subjects }, { signal });
  const ref = { namespace: cluster, name: `${addOn}-agent` };
  const account = await admin.kind(ServiceAccount).create({ metadata: ref }, { signal });
  return tokenInfrastructureMessage({ ...ref, uid: account.metadata.uid ?? '' });
}

test('an add-on gets a token over gRPC when its infrastructure is ready', async () => {
  const { cluster, agent } = await joined('tokens', {
    flags: ['--addon-kubeclient-registration-auth=token', '--addon-token-expiration-seconds=3600'],
  });
  await makeNamespace(join.lab, 'reader');
  const reader = addOnActor(join.lab, { cluster, name: 'reader', namespace: 'reader' });
  await reader.create();
  await until(async () => (await reader.find())?.status?.registrations?.[0]?.type === 'kubeClient', {
    describe: 'the add-on is known',
  });
  const message = await tokenInfrastructure('tokens', 'reader');
  await until(
    async () => {
      const status = (await reader.find())?.status;
      const lastTransitionTime = `${new Date().toISOString().slice(0, 19)}Z`;
      const ready = { type: 'TokenInfrastructureReady', status: 'True', reason: 'Ready', message, lastTransitionTime };
      await reader.writeStatus({ conditions: [...(status?.conditions ?? []), ready as never] });
      return true;
    },
    { describe: 'the infrastructure is declared ready' },
  );
  const secret = await until(
    async () => {
      const found = await reader.secret();
      return found?.['token'] === undefined ? undefined : found;
    },
    { describe: 'there is a token', deadlineMs: 30_000 },
  );
  expect(Object.keys(secret).toSorted()).toEqual(['cluster-name', 'kubeconfig', 'token']);
  expect(readToken(secret['token'] ?? '')).toMatchObject({ uid: /UID: ([^)]*)\)/.exec(message)?.[1] });
  await reader.untilCondition('TokenRefreshed', 'True');
  await agent.stop();
});
