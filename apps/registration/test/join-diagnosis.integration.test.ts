import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CertificateSigningRequest } from '@ocm/api';
import { issueKeyAndCertificate } from '@ocm/pki';
import { type FaultProxy, startFaultProxy, until } from '@ocm/testing';
import {
  type AgentLab,
  type AgentRunOptions,
  type JoiningCluster,
  type RunningAgent,
  shiftedClock,
  startAgentLab,
} from './agent-lab.ts';

const MINUTE_MS = 60_000;

let lab: AgentLab;
/** Between the agents and their hub. */
let way: FaultProxy;
beforeAll(async () => {
  lab = await startAgentLab();
  way = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await way.close();
});

const untilCause = (agent: RunningAgent, cause: string | undefined): Promise<boolean> =>
  until(() => expect(agent.diagnosis()?.cause).toBe(cause) === undefined, { describe: `the agent says ${cause}` });

async function joined(
  name: string,
  { leaseDurationSeconds = 1, ...options }: AgentRunOptions & { readonly leaseDurationSeconds?: number } = {},
): Promise<{ cluster: JoiningCluster; agent: RunningAgent }> {
  const cluster = await lab.cluster(name);
  await cluster.create({ leaseDurationSeconds });
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ server: way.url }));
  const agent = await cluster.start({ flags: ['--agent-id=agent1'], ...options });
  await cluster.admit();
  await untilCause(agent, undefined);
  return { cluster, agent };
}

async function decide(request: CertificateSigningRequest, type: 'Approved' | 'Denied'): Promise<void> {
  const status = { conditions: [{ type, status: 'True', reason: 'ByTest' } as const] };
  await lab.admin
    .kind(CertificateSigningRequest)
    .replace({ ...request, status }, { subresource: 'approval', signal: lab.hub.signal });
}

test('an agent that joins says at each step what is missing, and nothing when all is well', async () => {
  const cluster = await lab.cluster('stepwise');
  const agent = await cluster.start();
  const request = await cluster.pendingRequest();
  await untilCause(agent, 'CertificateRequestPending');
  expect(agent.diagnosis()?.next).toContain(`kubectl certificate approve ${request.metadata.name}`);
  await decide(request, 'Denied');
  await untilCause(agent, 'CertificateRequestDenied');
  expect(agent.diagnosis()?.next).toContain(`kubectl delete csr ${request.metadata.name}`);
  await lab.admin.kind(CertificateSigningRequest).delete(request.metadata.name, { signal: lab.hub.signal });
  await untilCause(agent, 'CertificateRequestPending');
  await cluster.approveRequest();
  await untilCause(agent, 'ClusterNotAccepted');
  expect(agent.diagnosis()?.next).toContain('kubectl patch managedcluster stepwise');
  await cluster.accept();
  await untilCause(agent, undefined);
  const causes = agent.log.flatMap(({ level, fields }) => (level === 'warn' ? (fields['cause'] ?? []) : []));
  expect(causes).toEqual([
    'CertificateRequestPending',
    'CertificateRequestDenied',
    'CertificateRequestPending',
    'ClusterNotAccepted',
  ]);
  await agent.stop();
});

test('a signer that does not exist is said', async () => {
  await using unsigned = await startAgentLab({ controlPlane: { controllerManager: false } });
  const clock = shiftedClock();
  const cluster = await unsigned.cluster('unsigned');
  const agent = await cluster.start({ clock });
  await untilCause(agent, 'CertificateRequestPending');
  await cluster.approveRequest();
  await untilCause(agent, undefined); // it may take a while
  clock.shiftMs = 31_000;
  await untilCause(agent, 'SignerAbsent');
  expect(agent.diagnosis()?.problem).toContain('no controller signs for kubernetes.io/kube-apiserver-client');
  await agent.stop();
});

test('a hub that is away is said, and its return', async () => {
  const { agent } = await joined('abandoned');
  const outage = way.inject({ fault: { kind: 'drop-request' } });
  await untilCause(agent, 'HubUnreachable');
  outage.remove();
  await untilCause(agent, undefined);
  await agent.stop();
});

test('a hub that does not know the agent any more is said', async () => {
  const { agent } = await joined('stranger');
  const refusal = way.inject({ fault: { kind: 'status', code: 401 } });
  await untilCause(agent, 'UserUnknown');
  refusal.remove();
  await untilCause(agent, undefined);
  await agent.stop();
});

test('a clock that is wrong is said, with the difference', async () => {
  const clock = shiftedClock();
  const { agent } = await joined('mistimed', { clock });
  clock.shiftMs = -400_000;
  await untilCause(agent, 'ClockOutOfSync');
  // The answer of the hub, which tells its time, may have been on its way for a while.
  const difference = /\b(39[5-9]|40[0-5]) s behind/;
  await until(() => difference.test(agent.diagnosis()?.problem ?? ''), { describe: 'the difference' });
  clock.shiftMs = 0;
  await untilCause(agent, undefined);
  await agent.stop();
});

test('a cluster that is denied or deleted is said', async () => {
  const { cluster, agent } = await joined('unwanted');
  await cluster.deny();
  await untilCause(agent, 'ClusterNotAccepted');
  await cluster.accept();
  await untilCause(agent, undefined);
  await cluster.delete();
  await untilCause(agent, 'ClusterDeleted');
  // It is made again when the agent registers anew, and not before.
  await until(async () => (await cluster.find()) === undefined, { describe: 'it is gone' });
  await agent.stop();
});

test('a certificate that nears its end without success is in the condition, and then in the diagnosis as expired', async () => {
  const clock = shiftedClock();
  // Clocks may then differ by five minutes, more than the certificate lives.
  const { cluster, agent } = await joined('pressed', { clock, leaseDurationSeconds: 60 });
  // Nobody answers the request in time.
  const silence = way.inject({
    fault: { kind: 'status', code: 500 },
    when: { verb: 'create', resource: 'certificatesigningrequests' },
  });
  const notAfter = new Date(Math.floor(Date.now() / 1000) * 1000 + 4 * MINUTE_MS);
  const pair = await issueKeyAndCertificate(lab.hub.controlPlane.ca, {
    commonName: 'system:open-cluster-management:pressed:agent1',
    organizations: ['system:open-cluster-management:pressed', 'system:open-cluster-management:managed-clusters'],
    usages: ['client'],
    notBefore: new Date(notAfter.getTime() - 100 * MINUTE_MS),
    notAfter,
  });
  await cluster.editCredential({ 'tls.crt': pair.certificatePem, 'tls.key': pair.privateKeyPem });
  await cluster.untilCondition('ClusterCertificateRotated', 'False');
  await expect(agent.health()).resolves.toBeUndefined();
  clock.shiftMs = 4 * MINUTE_MS;
  await untilCause(agent, 'CertificateExpired');
  await until(async () => (await agent.health()) !== undefined, { describe: 'the health check fails' });
  silence.remove();
  await agent.stop();
});
