import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Condition, Namespace, registrationRoleBindingName, RoleBinding } from '@ocm/api';
import { issueKeyAndCertificate } from '@ocm/pki';
import { until } from '@ocm/testing';
import { type AgentLab, type JoiningCluster, type RunningAgent, shiftedClock, startAgentLab } from './agent-lab.ts';
import type { RunningHub } from './hub-lab.ts';

// What the hub says of agents that were well and are not any more.

const AVAILABLE = 'ManagedClusterConditionAvailable';
const ROTATED = 'ClusterCertificateRotated';
const DIAGNOSED = 'ConnectionDiagnosed';

let lab: AgentLab;
let hub: RunningHub;
beforeAll(async () => {
  lab = await startAgentLab({ hub: false });
  hub = await lab.hub.startHub({ joinPatienceMs: 50 });
});
afterAll(async () => lab[Symbol.asyncDispose]());

async function joined(
  name: string,
  options: Parameters<JoiningCluster['start']>[0] = {},
): Promise<{ cluster: JoiningCluster; agent: RunningAgent }> {
  const cluster = await lab.cluster(name);
  await cluster.create({ leaseDurationSeconds: 1 });
  const agent = await cluster.start({ flags: ['--agent-id=agent1'], ...options });
  await cluster.admit();
  return { cluster, agent };
}

/** Gives the agent another certificate, and returns its end. */
async function replaceCertificate(
  cluster: JoiningCluster,
  { agoMs, leftMs }: { readonly agoMs: number; readonly leftMs: number },
): Promise<Date> {
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const notAfter = new Date(nowMs + leftMs);
  const pair = await issueKeyAndCertificate(lab.hub.controlPlane.ca, {
    commonName: `system:open-cluster-management:${cluster.name}:agent1`,
    organizations: [
      `system:open-cluster-management:${cluster.name}`,
      'system:open-cluster-management:managed-clusters',
    ],
    usages: ['client'],
    notBefore: new Date(nowMs - agoMs),
    notAfter,
  });
  await cluster.editCredential({ 'tls.crt': pair.certificatePem, 'tls.key': pair.privateKeyPem });
  return notAfter;
}

const withoutMs = (date: Date): string => date.toISOString().replace('.000Z', 'Z');

function untilSaid(cluster: JoiningCluster, type: string, message: string | RegExp): Promise<Condition> {
  return until(
    async () => {
      const condition = await cluster.condition(type);
      expect(condition?.message).toMatch(message);
      return condition;
    },
    { describe: `${type} of ${cluster.name} says ${message}`, deadlineMs: 35_000 },
  );
}

test('an agent that is off is silent at first, and later its certificate has expired', async () => {
  const { cluster, agent } = await joined('switched-off');
  const end = await replaceCertificate(cluster, { agoMs: 0, leftMs: 30_000 });
  await untilSaid(cluster, ROTATED, ` to ${withoutMs(end)}`);
  await agent.stop();
  const { message } = await untilSaid(cluster, DIAGNOSED, 'has not renewed its lease since');
  expect(message).toContain('Its /healthz?verbose and its log tell the cause on its side.');
  // Nothing happens any more but that time passes.
  const expired = await untilSaid(cluster, DIAGNOSED, `expired at ${withoutMs(end)}`);
  expect(expired).toMatchObject({ status: 'True', reason: 'CertificateExpired' });
  expect(expired.message).toContain('then approve the request');
});

test('an agent whose clock falls behind is told so on the hub, with the difference', async () => {
  const clock = shiftedClock();
  const { cluster, agent } = await joined('slow-clock', { clock });
  clock.shiftMs = -400_000;
  const said = await untilSaid(cluster, DIAGNOSED, /about (399|4[0-4]\d) s behind/);
  expect(said).toMatchObject({ status: 'True', reason: 'ClockOutOfSync' });
  expect(said.message).toContain('NTP');
  await cluster.untilCondition(AVAILABLE, 'Unknown');
  clock.shiftMs = 0;
  await cluster.untilCondition(AVAILABLE, 'True');
  await cluster.untilCondition(DIAGNOSED, 'False');
  await agent.stop();
});

test('a certificate that nears its end while nobody approves the next one is said on both sides, before it is too late', async () => {
  const { cluster, agent } = await joined('unapproved');
  // Nobody is there who approves renewals.
  await hub.stop();
  const end = await replaceCertificate(cluster, { agoMs: 95 * 60_000, leftMs: 5 * 60_000 });
  const request = await cluster.pendingRequest();
  const said = await untilSaid(cluster, ROTATED, `expires at ${withoutMs(end)} and is not renewed`);
  expect(said).toMatchObject({ status: 'False', reason: 'ClientCertificateUpdateFailed' });
  expect(said.message).toContain(`kubectl certificate approve ${request.metadata.name}`);
  await until(() => agent.diagnosis()?.cause === 'CertificateRequestPending', { describe: 'the agent says so, too' });
  expect(agent.diagnosis()?.next).toContain(`kubectl certificate approve ${request.metadata.name}`);
  await expect(agent.health()).resolves.toBeUndefined();
  hub = await lab.hub.startHub();
  await cluster.untilCondition(ROTATED, 'True');
  await until(() => agent.diagnosis() === undefined, { describe: 'all is well', deadlineMs: 35_000 });
  await agent.stop();
});

test('permissions that cannot be written are said by name, until they can', async () => {
  const { admin, signal } = lab.hub;
  // The name is taken by an object that cannot go away.
  const held = { namespace: 'blocked', name: registrationRoleBindingName('blocked') };
  const metadata = { ...held, finalizers: ['example.com/hold'] };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' } as const;
  await admin.kind(Namespace).create({ metadata: { name: 'blocked' } }, { signal });
  await admin.kind(RoleBinding).create({ metadata, roleRef, subjects: [] }, { signal });
  const cluster = await lab.cluster('blocked');
  await cluster.create({ hubAcceptsClient: true });
  const said = await untilSaid(cluster, DIAGNOSED, `incomplete: `);
  expect(said).toMatchObject({ status: 'True', reason: 'PermissionsIncomplete' });
  expect(said.message).toContain(held.name);
  await admin.kind(RoleBinding).mergePatch(held, { metadata: { finalizers: null } }, { signal });
  await untilSaid(cluster, DIAGNOSED, 'The agent has never reported to this hub. Is it running');
});
