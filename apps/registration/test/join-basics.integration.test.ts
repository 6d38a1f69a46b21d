import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseCertificateRequest } from '@ocm/pki';
import { until } from '@ocm/testing';
import { type AgentLab, AVAILABLE, BOOTSTRAP_USER, JOINED, startAgentLab } from './agent-lab.ts';

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab({ controlPlane: { audit: true } });
});
afterAll(async () => lab[Symbol.asyncDispose]());

test('[registration 1] a fresh agent makes its cluster and one request for a certificate', async () => {
  const cluster = await lab.cluster('fresh');
  const agent = await cluster.start({ flags: ['--agent-id=agent1'] });
  const { metadata, spec } = await cluster.pendingRequest();
  expect(metadata.name).toMatch(/^fresh-/);
  expect(metadata.labels).toEqual({ 'open-cluster-management.io/cluster-name': 'fresh' });
  expect(spec.signerName).toBe('kubernetes.io/kube-apiserver-client');
  expect(spec.usages?.toSorted()).toEqual(['client auth', 'digital signature', 'key encipherment']);
  expect(spec.expirationSeconds).toBeUndefined();
  expect(parseCertificateRequest(Buffer.from(spec.request, 'base64').toString())).toMatchObject({
    commonName: 'system:open-cluster-management:fresh:agent1',
    organizations: ['system:open-cluster-management:fresh', 'system:open-cluster-management:managed-clusters'],
    dnsNames: [],
  });
  await until(async () => (await cluster.find())?.spec?.hubAcceptsClient === false, { describe: 'cluster is there' });
  await expect(cluster.requests()).resolves.toHaveLength(1);
  await agent.stop();
});

test('[registration 2] an approved agent waits for its acceptance and joins within seconds of it', async () => {
  const cluster = await lab.cluster('approved-first');
  const agent = await cluster.start();
  await cluster.approveRequest();
  await until(async () => (await cluster.credential())?.['tls.crt'], { describe: 'the secret is filled' });
  await until(() => agent.log.some(({ message }) => message.startsWith('waiting for the hub')), { describe: 'waits' });
  await expect(cluster.condition(JOINED)).resolves.toBeUndefined();
  await expect(agent.health()).resolves.toBeUndefined();
  await cluster.accept();
  await cluster.untilCondition(JOINED, 'True');
  await cluster.untilCondition(AVAILABLE, 'True');
  await expect(cluster.credential()).resolves.toMatchObject({ 'cluster-name': 'approved-first' });
  await expect(cluster.requests()).resolves.toHaveLength(1);
  await agent.stop();
});

test('[registration 3] an accepted agent stays in bootstrap until its request is approved', async () => {
  const cluster = await lab.cluster('accepted-first');
  const agent = await cluster.start();
  const request = await cluster.pendingRequest();
  await cluster.untilMade();
  await cluster.accept();
  await cluster.untilCondition('HubAcceptedManagedCluster', 'True');
  const { role, binding, registration, work } = await cluster.permissions();
  expect([role, binding, registration, work]).not.toContain(undefined);
  expect((await cluster.find())?.metadata.finalizers).toContain(
    'cluster.open-cluster-management.io/api-resource-cleanup',
  );
  await expect(cluster.credential()).resolves.toBeUndefined();
  await cluster.approveRequest(request);
  await cluster.untilCondition(AVAILABLE, 'True');
  await agent.stop();
});

test('an agent that has joined asks its hub with its own certificate, and no more with the bootstrap credential', async () => {
  const cluster = await lab.cluster('own-identity');
  await cluster.create({ leaseDurationSeconds: 1 });
  const agent = await cluster.start({ flags: ['--agent-id=agent1'] });
  await cluster.admit();
  const own = 'system:open-cluster-management:own-identity:agent1';
  const audit = lab.hub.controlPlane;
  const heartbeats = async (): Promise<number> =>
    (await audit.readAudit()).filter(({ user, verb, object }) => {
      return user === own && verb === 'update' && object?.resource === 'leases';
    }).length;
  await until(async () => (await heartbeats()) >= 1, { describe: 'the heartbeat goes on' });
  const before = await audit.readAudit();
  expect(before.map(({ user }) => user)).toContain(BOOTSTRAP_USER);
  const enough = (await heartbeats()) + 3;
  await until(async () => (await heartbeats()) >= enough, { describe: 'three more heartbeats', deadlineMs: 30_000 });
  const since = (await audit.readAudit()).slice(before.length);
  expect(since.map(({ user }) => user)).toContain(own);
  expect(since.filter(({ user }) => user === BOOTSTRAP_USER)).toEqual([]);
  await agent.stop();
});
