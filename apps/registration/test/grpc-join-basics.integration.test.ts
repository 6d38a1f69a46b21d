import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseCertificates } from '@ocm/pki';
import { until } from '@ocm/testing';
import { parse } from 'yaml';
import { AGENT_USER, AVAILABLE, BOOTSTRAP_USER, JOINED, type RunningAgent } from './agent-lab.ts';
import { BOOTSTRAP_GRPC_USER, type GrpcCluster, type GrpcJoinLab, startGrpcJoinLab } from './grpc-join-lab.ts';
import { GRPC_SERVER_USER, type RunningGrpcServer } from './grpc-lab.ts';

let join: GrpcJoinLab;
let server: RunningGrpcServer;
beforeAll(async () => {
  join = await startGrpcJoinLab({ controlPlane: { audit: true } });
  server = await join.grpc.startServer();
});
afterAll(async () => join[Symbol.asyncDispose]());

test('[registration 23] [cloudevents-grpc 43] an agent joins over gRPC and never asks the API server of its hub', async () => {
  const cluster = await join.cluster('remote', server, { serverHealthinessTimeout: '30s' });
  await cluster.create({ leaseDurationSeconds: 1 });
  const agent = await cluster.startAgent({ flags: ['--agent-id=agent1'] });
  const request = await cluster.pendingRequest();
  expect(request.metadata.annotations).toEqual({ 'open-cluster-management.io/csr-user': BOOTSTRAP_GRPC_USER });
  expect(request.spec).toMatchObject({ username: GRPC_SERVER_USER, signerName: 'open-cluster-management.io/grpc' });
  await cluster.admit();
  await cluster.untilCondition(JOINED, 'True');

  await expectCredential(cluster, agent);

  const before = (await cluster.lease())?.spec?.renewTime;
  await until(async () => (await cluster.lease())?.spec?.renewTime !== before, { describe: 'the heartbeat goes on' });
  await cluster.untilCondition(AVAILABLE, 'True');
  const version = await until(async () => (await cluster.find())?.status?.version, {
    describe: 'the version is reported',
  });
  expect(version.kubernetes).toMatch(/^v1\./);
  await until(() => agent.diagnosis() === undefined, { describe: 'the agent has nothing to complain about' });
  await expect(agent.health()).resolves.toBeUndefined();
  await agent.stop();
  await expectNoRequestToTheHub();
});

async function expectCredential(cluster: GrpcCluster, agent: RunningAgent): Promise<void> {
  const credential = await cluster.credential();
  expect(Object.keys(credential ?? {}).toSorted()).toEqual([
    'agent-name',
    'cluster-name',
    'config.yaml',
    'kubeconfig',
    'tls.crt',
    'tls.key',
  ]);
  expect(parse(credential?.['config.yaml'] ?? '')).toEqual({
    url: server.address,
    caData: Buffer.from(join.grpc.ca.certificatePem).toString('base64'),
    clientCertFile: `${agent.hubDirectory}/tls.crt`,
    clientKeyFile: `${agent.hubDirectory}/tls.key`,
    serverHealthinessTimeout: '30s',
    token: '',
  });
  expect(parse(credential?.['kubeconfig'] ?? '')).toMatchObject({
    clusters: [{ cluster: { server: 'https://127.0.0.1:1' } }],
  });
  const [certificate] = parseCertificates(credential?.['tls.crt'] ?? '');
  expect(certificate?.subject.commonName).toBe('system:open-cluster-management:remote:agent1');
}

/** The identities that the hub knows have asked its API server for nothing. */
async function expectNoRequestToTheHub(): Promise<void> {
  const audit = await join.lab.hub.controlPlane.readAudit();
  const hubUsers = ['system:open-cluster-management:', BOOTSTRAP_GRPC_USER, BOOTSTRAP_USER];
  expect(audit.filter(({ user }) => hubUsers.some((prefix) => user.startsWith(prefix)))).toEqual([]);
  // What is left is its own cluster, which here is the same API server.
  const groups = new Set(audit.filter(({ user }) => user === AGENT_USER).map(({ object }) => object?.group ?? ''));
  expect([...groups].toSorted()).toEqual(['', 'cluster.open-cluster-management.io']);
  const touched = audit.filter(({ user, object }) => user === AGENT_USER && object?.resource === 'managedclusters');
  expect(touched).toEqual([]);
}

test('an agent without a name makes its cluster, and started again it goes on with what it has', async () => {
  const cluster = await join.cluster('returning', server);
  const flags = ['--spoke-external-server-urls=https://returning.example:6443'];
  const first = await cluster.startAgent({ flags });
  await cluster.admit();
  expect((await cluster.find())?.spec?.managedClusterClientConfigs).toMatchObject([
    { url: 'https://returning.example:6443' },
  ]);
  const credential = await cluster.credential();
  await first.stop();

  const second = await cluster.startAgent({ hubDirectory: first.hubDirectory });
  const renewed = (await cluster.lease())?.spec?.renewTime;
  await until(async () => (await cluster.lease())?.spec?.renewTime !== renewed, { describe: 'it is back' });
  expect(second.log.map(({ message }) => message)).not.toContain('registering with the bootstrap credential');
  await expect(cluster.credential()).resolves.toEqual(credential);
  await expect(cluster.requests()).resolves.toHaveLength(1);
  await second.stop();
});

test('[cloudevents-grpc 48] agents of both kinds join one hub and stay available for two grace periods', async () => {
  const byApi = await join.lab.cluster('by-api');
  const byGrpc = await join.cluster('by-grpc', server);
  const both = [byApi, byGrpc];
  await Promise.all(both.map((cluster) => cluster.create({ leaseDurationSeconds: 1 })));
  const agents = await Promise.all([byApi.start(), byGrpc.startAgent()]);
  await Promise.all(both.map((cluster) => cluster.admit()));
  await Promise.all(both.map((cluster) => cluster.untilCondition(JOINED, 'True')));
  const since = await Promise.all(both.map((cluster) => cluster.condition(AVAILABLE)));
  const twoGracePeriods = Date.now() + 2 * 5 * 1000;
  await Promise.all(
    both.map((cluster) =>
      until(async () => Date.parse((await cluster.lease())?.spec?.renewTime ?? '') > twoGracePeriods, {
        describe: `${cluster.name} renews its lease for two grace periods`,
        deadlineMs: 30_000,
      }),
    ),
  );
  const now = await Promise.all(both.map((cluster) => cluster.condition(AVAILABLE)));
  expect(now.map((condition) => condition?.status)).toEqual(['True', 'True']);
  expect(now).toEqual(since);
  await Promise.all(agents.map((agent) => agent.stop()));
});

test('[cloudevents-grpc trap 48] the echo of a heartbeat makes the agent write nothing', async () => {
  const cluster = await join.cluster('quiet', server);
  await cluster.create({ leaseDurationSeconds: 1 });
  const agent = await cluster.startAgent();
  await cluster.admit();
  const updates = async (resource: string, namespace?: string): Promise<number> => {
    const audit = await join.lab.hub.controlPlane.readAudit();
    const isOurs = ({ user, verb, object }: (typeof audit)[number]): boolean =>
      user === GRPC_SERVER_USER &&
      verb === 'update' &&
      object?.resource === resource &&
      (namespace === undefined ? object.name === 'quiet' : object.namespace === namespace);
    return audit.filter(isOurs).length;
  };
  await until(async () => (await cluster.condition('ClusterCertificateRotated'))?.status === 'True', {
    describe: 'everything is reported',
  });
  // Counted from the last write on, for what is on the cluster may be reported later; an echo that is answered never ends.
  const last = { statuses: -1, beats: 0 };
  await until(
    async () => {
      const [beats, statuses] = [await updates('leases', 'quiet'), await updates('managedclusters')];
      if (statuses !== last.statuses) Object.assign(last, { statuses, beats });
      return beats >= last.beats + 5;
    },
    { describe: 'five heartbeats without another write', deadlineMs: 35_000 },
  );
  await agent.stop();
});

test('several hubs do not go with gRPC', async () => {
  const cluster = await join.cluster('undecided', server);
  const agent = await cluster.startAgent({ flags: ['--feature-gates=MultipleHubs=true'] });
  await expect(agent.ended).rejects.toThrow('MultipleHubs does not go with --registration-auth=grpc');
});
