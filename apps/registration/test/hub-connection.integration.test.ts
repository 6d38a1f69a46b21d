import {
  CertificateSigningRequest,
  clusterConditions,
  type Condition,
  Lease,
  ManagedCluster,
  setCondition,
} from '@ocm/api';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { agentOf, CsrRequests } from './csr-requests.ts';
import { type ClusterActor, clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

const CONNECTION = 'ConnectionDiagnosed';
let lab: HubLab;
let requests: CsrRequests;

beforeAll(async () => {
  // Without kube-controller-manager: nobody signs.
  lab = await startHubLab();
  requests = new CsrRequests(lab);
  await requests.allowEverybody();
  await lab.startHub({ joinPatienceMs: 50 });
});
afterAll(async () => lab[Symbol.asyncDispose]());

function untilCause(cluster: ClusterActor, reason: string): Promise<Condition> {
  return until(
    async () => {
      const condition = await cluster.condition(CONNECTION);
      return condition?.reason === reason && condition;
    },
    { describe: `the connection of ${cluster.name} is diagnosed: ${reason}` },
  );
}

async function decide(name: string, type: 'Approved' | 'Denied'): Promise<void> {
  const csrs = lab.admin.kind(CertificateSigningRequest);
  const csr = await csrs.get(name, { signal: lab.signal });
  const conditions = [{ type, status: 'True', reason: 'Test', message: 'not ours' } as const];
  await csrs.replace(
    { ...csr, status: { ...csr.status, conditions } },
    { subresource: 'approval', signal: lab.signal },
  );
}

test('a cluster that does not come to join is told what it waits for, step by step', async () => {
  const cluster = clusterActor(lab, 'joining');
  await cluster.create();
  await untilCause(cluster, 'ClusterNotAccepted');
  await cluster.accept();
  await untilCause(cluster, 'NeverHeardOf');
  // Nobody should be told to approve, or be kept waiting by, what an agent of another cluster asks for.
  await requests.make(agentOf('other'), 'joining');
  const first = await requests.make({ user: 'bootstrap' }, 'joining');
  expect(await untilCause(cluster, 'CertificateRequestPending')).toMatchObject({
    message: `The certificate request ${first}, made by "bootstrap", waits for approval: kubectl certificate approve ${first}`,
  });
  await decide(first, 'Denied');
  await untilCause(cluster, 'CertificateRequestDenied');
  await lab.admin.kind(CertificateSigningRequest).delete(first, { signal: lab.signal });
  await untilCause(cluster, 'NeverHeardOf');
  await decide(await requests.make({ user: 'bootstrap' }, 'joining'), 'Approved');
  await untilCause(cluster, 'SignerAbsent');
  await cluster.deny();
  await untilCause(cluster, 'ClusterDenied');
});

test('a heartbeat that stops is diagnosed beside the fixed condition, and taken back when the agent reports again', async () => {
  const cluster = clusterActor(lab, 'silent');
  await cluster.createAccepted({ leaseDurationSeconds: 1 });
  const { signal } = lab;
  const clusters = lab.admin.kind(ManagedCluster);
  const report = (): Promise<unknown> =>
    until(
      async () => {
        const seen = await clusters.get('silent', { signal });
        const joined = setCondition(seen.status?.conditions, clusterConditions.joined.joined, new Date());
        const conditions = setCondition(joined, clusterConditions.available.available, new Date());
        return clusters.patchStatus(seen, { ...seen.status, conditions }, { signal });
      },
      { describe: 'the agent reports' },
    );
  await report();
  const { message } = await untilCause(cluster, 'HeartbeatStopped');
  expect(message).toMatch(/since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/);
  expect(await cluster.condition('ManagedClusterConditionAvailable')).toMatchObject({
    status: 'Unknown',
    reason: 'ManagedClusterLeaseUpdateStopped',
    message: 'Registration agent stopped updating its lease.',
  });
  const renewTime = new Date().toISOString().replace('Z', '000Z');
  await lab.admin
    .kind(Lease)
    .mergePatch({ namespace: 'silent', name: 'managed-cluster-lease' }, { spec: { renewTime } }, { signal });
  // Long enough that this one renewal keeps it available.
  await clusters.mergePatch('silent', { spec: { leaseDurationSeconds: 3600 } }, { signal });
  await report();
  expect(await untilCause(cluster, 'Connected')).toMatchObject({ status: 'False' });
});

test('a cluster that joins without trouble never has the condition', async () => {
  await using other = await startHubLab();
  await using _hub = await other.startHub({ joinPatienceMs: 3_600_000 });
  const cluster = clusterActor(other, 'smooth');
  await cluster.createAccepted();
  const clusters = other.admin.kind(ManagedCluster);
  await until(
    async () => {
      const seen = await clusters.get('smooth', { signal: other.signal });
      const conditions = setCondition(seen.status?.conditions, clusterConditions.available.available, new Date());
      return clusters.patchStatus(seen, { ...seen.status, conditions }, { signal: other.signal });
    },
    { describe: 'the agent reports' },
  );
  await until(async () => ((await cluster.find())?.spec?.taints ?? []).length === 0, {
    describe: 'the hub has seen it',
  });
  expect(await cluster.condition(CONNECTION)).toBeUndefined();
});
