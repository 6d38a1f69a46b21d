import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ManagedCluster } from '@ocm/api';
import { issueKeyAndCertificate } from '@ocm/pki';
import { startConnectProxy, startFaultProxy, until } from '@ocm/testing';
import { type AgentLab, AVAILABLE, type JoiningCluster, type RunningAgent, startAgentLab } from './agent-lab.ts';

const MINUTE_MS = 60_000;

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const said = (agent: RunningAgent, text: string): Promise<boolean> =>
  until(() => agent.log.some(({ message }) => message.includes(text)), { describe: `the agent says "${text}"` });

/** A pair of the agent that ends at this time. */
async function pairUntil(cluster: JoiningCluster, notAfter: Date): Promise<Readonly<Record<string, string>>> {
  const agentName = (await cluster.credential())?.['agent-name'] ?? '';
  const group = `system:open-cluster-management:${cluster.name}`;
  const pair = await issueKeyAndCertificate(lab.hub.controlPlane.ca, {
    commonName: `${group}:${agentName}`,
    organizations: [group, 'system:open-cluster-management:managed-clusters'],
    usages: ['client'],
    notBefore: new Date(notAfter.getTime() - 100 * MINUTE_MS),
    notAfter,
  });
  return { 'tls.crt': pair.certificatePem, 'tls.key': pair.privateKeyPem };
}

test('[registration 56] a certificate that expired while the agent was off: it bootstraps again', async () => {
  const cluster = await lab.cluster('overslept');
  const agent = await cluster.start();
  await cluster.admit();
  await agent.stop();
  const before = await cluster.credential();
  const expired = await pairUntil(cluster, new Date(Date.now() - MINUTE_MS));
  await cluster.editCredential(expired);
  const successor = await cluster.start({ hubDirectory: `${cluster.directory}/new-pod` });
  await said(successor, 'registering with the bootstrap credential');
  await cluster.approveRequest();
  await said(successor, 'working with the hub credential');
  const after = await cluster.credential();
  expect(after?.['tls.crt']).not.toBe(expired['tls.crt']);
  expect(after).toMatchObject({ 'cluster-name': 'overslept', 'agent-name': before?.['agent-name'] });
  await cluster.untilCondition(AVAILABLE, 'True');
  await successor.stop();
});

test('[registration 56] a certificate that expires during a long outage fails the health check; a restart bootstraps', async () => {
  await using way = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const cluster = await lab.cluster('outlasted');
  await cluster.create({ leaseDurationSeconds: 1 });
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ server: way.url }));
  const agent = await cluster.start();
  await cluster.admit();
  const outage = way.inject({ fault: { kind: 'drop-request' } });
  await cluster.editCredential(await pairUntil(cluster, new Date(Date.now() + 4000)));
  await cluster.untilCondition(AVAILABLE, 'Unknown');
  await until(async () => (await agent.health()) !== undefined, { describe: 'the health check fails' });
  await agent.stop(); // what the liveness probe does
  outage.remove();
  const successor = await cluster.start();
  await said(successor, 'registering with the bootstrap credential');
  await cluster.approveRequest();
  await cluster.untilCondition(AVAILABLE, 'True');
  await expect(successor.health()).resolves.toBeUndefined();
  await successor.stop();
});

test('a hub that is away for longer than the lease finds its cluster available when it is back', async () => {
  await using way = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const cluster = await lab.cluster('parted');
  await cluster.create({ leaseDurationSeconds: 1 });
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ server: way.url }));
  const agent = await cluster.start();
  await cluster.admit();
  const outage = way.inject({ fault: { kind: 'drop-request' } });
  await cluster.untilCondition(AVAILABLE, 'Unknown');
  await expect(agent.health()).resolves.toBeUndefined();
  outage.remove();
  await cluster.untilCondition(AVAILABLE, 'True');
  await expect(cluster.requests()).resolves.toHaveLength(1);
  await agent.stop();
});

test.each(['gone', 'end'] as const)(
  'watches that break (%s) are opened again, and no change is missed',
  async (how) => {
    await using way = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
    const cluster = await lab.cluster(`broken-${how}`);
    await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ server: way.url }));
    const agent = await cluster.start();
    await cluster.admit();
    await until(() => way.openWatches() >= 2, { describe: 'watches are open' });
    way.breakWatches(how);
    const before = (await cluster.lease())?.spec?.renewTime;
    const { signal } = lab.hub;
    await lab.admin.kind(ManagedCluster).mergePatch(cluster.name, { spec: { leaseDurationSeconds: 1 } }, { signal });
    await until(async () => (await cluster.lease())?.spec?.renewTime !== before, { describe: 'the agent has seen it' });
    await agent.stop();
  },
);

test('a second agent with the same cluster name has to be let in by people, and does not disturb the first', async () => {
  const first = await lab.cluster('twins');
  await first.create({ leaseDurationSeconds: 1 });
  const agent = await first.start();
  await first.admit();
  const available = await first.condition(AVAILABLE);
  const credential = await first.credential();

  const other = await lab.cluster('elsewhere');
  const second = await lab.cluster('twins', other);
  const intruder = await second.start();
  const request = await second.pendingRequest();
  expect(request.metadata.name).toMatch(/^twins-/);
  // It waits while the first one goes on.
  const renewals = new Set<string>();
  await until(async () => renewals.add((await first.lease())?.spec?.renewTime ?? '').size >= 4, {
    describe: 'the heartbeat of the first goes on',
  });
  await expect(second.credential()).resolves.toBeUndefined();
  await expect(first.condition(AVAILABLE)).resolves.toEqual(available);

  // Let in, it works beside the first one under a name of its own, and neither takes the other's certificate.
  await second.approveRequest(request);
  await said(intruder, 'working with the hub credential');
  const names = await Promise.all([first, second].map(async (one) => (await one.credential())?.['agent-name']));
  expect(new Set(names).size).toBe(2);
  await until(async () => renewals.add((await first.lease())?.spec?.renewTime ?? '').size >= 8, {
    describe: 'the heartbeat goes on',
  });
  await expect(first.condition(AVAILABLE)).resolves.toEqual(available);
  await expect(first.credential()).resolves.toEqual(credential);
  await expect(first.requests()).resolves.toHaveLength(2);
  await Promise.all([agent.stop(), intruder.stop()]);
});

test('[registration 4] without its proxy the agent has lost its hub, for every way leads through it, and says so', async () => {
  const proxy = await startConnectProxy();
  const cluster = await lab.cluster('tunnelled');
  await cluster.create({ leaseDurationSeconds: 1 });
  // Nobody answers at the address itself: only the proxy knows the way.
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ proxyUrl: proxy.url }));
  const agent = await cluster.start();
  await cluster.admit();
  expect(new Set(proxy.tunnels).size).toBe(1);
  await proxy[Symbol.asyncDispose]();
  await cluster.untilCondition(AVAILABLE, 'Unknown');
  await until(() => agent.diagnosis()?.cause === 'HubUnreachable', { describe: 'the agent says why' });
  await agent.stop();
});
