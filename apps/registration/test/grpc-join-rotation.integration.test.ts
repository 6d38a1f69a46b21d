import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CertificateSigningRequest } from '@ocm/api';
import { createCertificateAuthority, issueCertificate, parseCertificateRequest, parseCertificates } from '@ocm/pki';
import { until } from '@ocm/testing';
import { AVAILABLE } from './agent-lab.ts';
import { type GrpcCluster, type GrpcJoinLab, startGrpcJoinLab } from './grpc-join-lab.ts';
import { GRPC_SERVER_USER, type RunningGrpcServer } from './grpc-lab.ts';

/** Signing duration of the hub; what remains at the time of rotation has to do for a busy machine. */
const LIFETIME_MS = 20_000;

let join: GrpcJoinLab;
let server: RunningGrpcServer;
beforeAll(async () => {
  join = await startGrpcJoinLab({ signingMs: LIFETIME_MS });
  server = await join.grpc.startServer();
});
afterAll(async () => join[Symbol.asyncDispose]());

async function certificateOf(cluster: GrpcCluster) {
  const [certificate] = parseCertificates((await cluster.credential())?.['tls.crt'] ?? '');
  if (certificate === undefined) throw new Error('no certificate');
  return certificate;
}

test('[cloudevents-grpc 47] [cloudevents-grpc 61] the agent renews in time, and publishes when the old certificate has ended', async () => {
  const cluster = await join.cluster('brief', server);
  await cluster.create({ leaseDurationSeconds: 1, hubAcceptsClient: true });
  const agent = await cluster.startAgent({ flags: ['--agent-id=agent1'] });
  await cluster.approveRequest();
  await cluster.untilCondition(AVAILABLE, 'True');
  const first = await certificateOf(cluster);
  const renewed = (): Promise<number> => cluster.lease().then((lease) => Date.parse(lease?.spec?.renewTime ?? '') || 0);
  await until(async () => (await renewed()) > first.notAfter.getTime() + 1000, {
    describe: 'a heartbeat after the end of the first certificate',
    deadlineMs: 40_000,
  });
  const second = await certificateOf(cluster);
  expect(second.notBefore.getTime()).toBeGreaterThan(first.notBefore.getTime() + LIFETIME_MS / 2);
  expect(second.notBefore.getTime()).toBeLessThan(first.notAfter.getTime());
  const [renewal] = (await cluster.requests())
    .toSorted((a, b) => Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? ''))
    .slice(1);
  expect(renewal).toMatchObject({
    metadata: { annotations: { 'open-cluster-management.io/csr-user': 'system:open-cluster-management:brief:agent1' } },
    spec: { username: GRPC_SERVER_USER },
    status: { conditions: [{ type: 'Approved', reason: 'AutoApprovedByHubCSRApprovingController' }] },
  });
  expect(agent.log.filter(({ message }) => message === 'registering with the bootstrap credential')).toHaveLength(1);
  await agent.stop();
});

test('a certificate that the gRPC server does not take is not saved; the next one is', async () => {
  const cluster = await join.cluster('rogue', server);
  await cluster.create({ hubAcceptsClient: true });
  const agent = await cluster.startAgent();
  const request = await cluster.pendingRequest();
  const now = new Date();
  const rogue = await createCertificateAuthority({ commonName: 'grpc-signer', validityMs: 3_600_000, now });
  const asked = parseCertificateRequest(Buffer.from(request.spec.request, 'base64').toString());
  const notAfter = new Date(now.getTime() + 3_600_000);
  const certificate = issueCertificate(rogue, { ...asked, usages: ['client'], notBefore: now, notAfter });
  const csrs = join.lab.admin.kind(CertificateSigningRequest);
  const { signal } = join.lab.hub;
  const status = { certificate: Buffer.from(certificate).toString('base64') };
  await cluster.approveRequest(await csrs.replace({ ...request, status }, { subresource: 'status', signal }));

  const next = await cluster.pendingRequest();
  expect(next.metadata.name).not.toBe(request.metadata.name);
  await expect(cluster.credential()).resolves.toBeUndefined();
  expect(agent.log.map(({ fields }) => String(fields['error'])).join('\n')).toContain(
    'the hub does not accept the certificate',
  );
  await cluster.approveRequest(next);
  await cluster.untilCondition(AVAILABLE, 'True');
  await agent.stop();
});
