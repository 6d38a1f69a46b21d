import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CertificateSigningRequest } from '@ocm/api';
import { issueKeyAndCertificate, parseCertificateRequest, issueCertificate } from '@ocm/pki';
import { type FaultProxy, type Injection, startFaultProxy, until } from '@ocm/testing';
import { type AgentLab, AVAILABLE, type JoiningCluster, type RunningAgent, startAgentLab } from './agent-lab.ts';

const ROTATED = 'ClusterCertificateRotated';
const MINUTE_MS = 60_000;

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

async function joined(name: string): Promise<{ cluster: JoiningCluster; agent: RunningAgent }> {
  const cluster = await lab.cluster(name);
  const agent = await cluster.start({ flags: ['--agent-id=agent1'] });
  await cluster.admit();
  return { cluster, agent };
}

/** A certificate of the agent of which that much is left of 100 minutes. */
async function agedCertificate(name: string, minutesLeft: number): Promise<Record<'tls.crt' | 'tls.key', string>> {
  const notAfter = new Date(Math.floor(Date.now() / 1000) * 1000 + minutesLeft * MINUTE_MS);
  const pair = await issueKeyAndCertificate(lab.hub.controlPlane.ca, {
    commonName: `system:open-cluster-management:${name}:agent1`,
    organizations: [`system:open-cluster-management:${name}`, 'system:open-cluster-management:managed-clusters'],
    usages: ['client'],
    notBefore: new Date(notAfter.getTime() - 100 * MINUTE_MS),
    notAfter,
  });
  return { 'tls.crt': pair.certificatePem, 'tls.key': pair.privateKeyPem };
}

test('[registration 12] a certificate that nears its end is replaced without anybody doing anything', async () => {
  const { cluster, agent } = await joined('rotating');
  const old = await agedCertificate('rotating', 19);
  await cluster.editCredential(old);
  await until(
    async () => {
      const now = (await cluster.credential())?.['tls.crt'];
      return now !== undefined && now !== old['tls.crt'];
    },
    { describe: 'the certificate is replaced' },
  );
  const requests = await cluster.requests();
  expect(requests).toHaveLength(2);
  const renewal = requests.find(({ spec }) => spec.username === 'system:open-cluster-management:rotating:agent1');
  expect(renewal?.status?.conditions).toEqual([
    expect.objectContaining({ type: 'Approved', reason: 'AutoApprovedByHubCSRApprovingController' }),
  ]);
  await cluster.untilCondition(ROTATED, 'True');
  await agent.stop();
});

test('[registration 13] a certificate with more than a quarter of its life left stays', async () => {
  const { cluster, agent } = await joined('young');
  const aged = await agedCertificate('young', 26);
  await cluster.editCredential(aged);
  // The condition speaks of the certificate that was found good, so it tells that the decision was made.
  const message = /rotated starting from .* to (.*)$/;
  const until26 = new Date(Date.now() + 26 * MINUTE_MS).getTime();
  await until(
    async () => {
      const end = Date.parse(message.exec((await cluster.condition(ROTATED))?.message ?? '')?.[1] ?? '');
      return Math.abs(end - until26) < MINUTE_MS;
    },
    { describe: 'the agent has judged the aged certificate' },
  );
  await expect(cluster.requests()).resolves.toHaveLength(1);
  await expect(cluster.credential()).resolves.toMatchObject(aged);
  await agent.stop();
});

test.each(['agent-name', 'kubeconfig'])('[registration 14] an edited %s in the secret is restored', async (key) => {
  const { cluster, agent } = await joined(`edited-${key}`);
  const before = await cluster.credential();
  await cluster.editCredential({ [key]: 'edited' });
  await until(async () => (await cluster.credential())?.[key] === before?.[key], { describe: `${key} is restored` });
  await expect(cluster.requests()).resolves.toHaveLength(2);
  expect((await cluster.credential())?.['tls.crt']).not.toBe(before?.['tls.crt']);
  await cluster.untilCondition(ROTATED, 'True');
  await agent.stop();
});

test('[registration 18] at ten requests on the hub no more are made, and when they are gone one is', async () => {
  const { cluster, agent: predecessor } = await joined('busy');
  await predecessor.stop();
  const csrs = lab.admin.kind(CertificateSigningRequest);
  const { signal } = lab.hub;
  const [first] = await cluster.requests();
  if (first === undefined) throw new Error('no request');
  const names = Array.from({ length: 9 }, (_, index) => `busy-filler-${index}`);
  const { request, signerName, usages = [] } = first.spec;
  const labels = first.metadata.labels ?? {};
  await Promise.all(
    names.map((name) => csrs.create({ metadata: { name, labels }, spec: { request, signerName, usages } }, { signal })),
  );
  // Its first look shows it all ten. An agent that runs hears of the secret and of the requests in two streams, and either may be first.
  const agent = await cluster.start({ flags: ['--agent-id=agent1'] });
  await cluster.editCredential({ 'agent-name': 'edited' });
  await cluster.untilCondition(ROTATED, 'False');
  expect((await cluster.condition(ROTATED))?.message).toContain('too many CSRs exist');
  await expect(cluster.requests()).resolves.toHaveLength(10);

  await Promise.all(names.map((name) => csrs.delete(name, { signal })));
  await cluster.untilCondition(ROTATED, 'True');
  await expect(cluster.credential()).resolves.toMatchObject({ 'agent-name': 'agent1' });
  await agent.stop();
});

test('[registration 10] a certificate that is expired when it is issued is asked for again', async () => {
  const cluster = await lab.cluster('unlucky');
  const agent = await cluster.start();
  const first = await cluster.pendingRequest();
  await signExpired(first);
  await cluster.approveRequest(await readAgain(first));
  const second = await cluster.pendingRequest();
  expect(second.metadata.name).not.toBe(first.metadata.name);
  await cluster.admit();
  await cluster.untilCondition(AVAILABLE, 'True');
  await agent.stop();
});

/** Joined by way of a proxy, and with a certificate that has to be renewed when the fault is injected. */
async function rotatingBehind(proxy: FaultProxy, name: string, injection: Injection) {
  const cluster = await lab.cluster(name);
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ server: proxy.url }));
  const agent = await cluster.start({ flags: ['--agent-id=agent1'] });
  await cluster.admit();
  const fault = proxy.inject(injection);
  const old = await agedCertificate(name, 19);
  await cluster.editCredential(old);
  return { cluster, agent, fault, old };
}

const TRIAL = { path: /^\/version/ };

async function certificateOf({ metadata }: CertificateSigningRequest): Promise<string> {
  const { status } = await readAgain({ metadata } as CertificateSigningRequest);
  return Buffer.from(status?.certificate ?? '', 'base64').toString();
}

test('[registration 12] a certificate that the hub does not accept never replaces the one in use', async () => {
  await using proxy = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const { cluster, agent, old } = await rotatingBehind(proxy, 'rejected', {
    fault: { kind: 'status', code: 401 },
    when: TRIAL,
    times: 1,
  });
  const after = await until(
    async () => {
      const now = (await cluster.credential())?.['tls.crt'];
      return now === old['tls.crt'] ? undefined : now;
    },
    { describe: 'the certificate is replaced' },
  );
  const renewals = (await cluster.requests()).filter(({ spec }) => spec.username?.endsWith(':agent1'));
  expect(renewals).toHaveLength(2);
  const issued = await Promise.all(renewals.map((request) => certificateOf(request)));
  expect(issued.filter((certificate) => certificate === after)).toHaveLength(1);
  expect(agent.log.some(({ fields }) => String(fields['error']).includes('does not accept the certificate'))).toBe(
    true,
  );
  await cluster.untilCondition(ROTATED, 'True');
  await agent.stop();
});

test('[registration 12] while the hub cannot be shown the new certificate, the old one stays and nothing else is asked for', async () => {
  await using proxy = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const { cluster, agent, fault, old } = await rotatingBehind(proxy, 'unshown', {
    fault: { kind: 'status', code: 503 },
    when: TRIAL,
  });
  await until(() => fault.hits >= 3, { describe: 'the agent has tried several times' });
  await expect(cluster.credential()).resolves.toMatchObject(old);
  await expect(cluster.requests()).resolves.toHaveLength(2);
  fault.remove();
  await until(async () => (await cluster.credential())?.['tls.crt'] !== old['tls.crt'], {
    describe: 'the certificate is replaced',
  });
  await expect(cluster.requests()).resolves.toHaveLength(2);
  await agent.stop();
});

test('[registration 12] a new certificate is used at once, and no request fails on the way', async () => {
  await using proxy = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const cluster = await lab.cluster('seamless');
  await cluster.create({ leaseDurationSeconds: 1 });
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ server: proxy.url }));
  // The files are not looked at for an hour, unless somebody says that they have changed.
  const agent = await cluster.start({ flags: ['--agent-id=agent1'], intervals: { credentialReloadMs: 3_600_000 } });
  await cluster.admit();
  proxy.clearRequests();
  const old = await agedCertificate('seamless', 19);
  await cluster.editCredential(old);
  await until(async () => (await cluster.credential())?.['tls.crt'] !== old['tls.crt'], {
    describe: 'the certificate is replaced',
  });
  const before = (await cluster.lease())?.spec?.renewTime;
  await until(async () => (await cluster.lease())?.spec?.renewTime !== before, { describe: 'the heartbeat goes on' });
  expect(proxy.requests().filter(({ status }) => status === 401)).toEqual([]);
  await agent.stop();
});

function readAgain({ metadata }: CertificateSigningRequest): Promise<CertificateSigningRequest> {
  return lab.admin.kind(CertificateSigningRequest).get(metadata.name, { signal: lab.hub.signal });
}

/** Before it is approved, so that the signer of the control plane finds nothing to do. */
async function signExpired(csr: CertificateSigningRequest): Promise<void> {
  const asked = parseCertificateRequest(Buffer.from(csr.spec.request, 'base64').toString());
  const certificate = issueCertificate(lab.hub.controlPlane.ca, {
    ...asked,
    usages: ['client'],
    notBefore: new Date(Date.now() - 2 * MINUTE_MS),
    notAfter: new Date(Date.now() - MINUTE_MS),
  });
  const status = { certificate: Buffer.from(certificate).toString('base64') };
  await lab.admin
    .kind(CertificateSigningRequest)
    .replace({ ...csr, status }, { subresource: 'status', signal: lab.hub.signal });
}
