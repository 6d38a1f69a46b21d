import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCertificateAuthority } from '@ocm/pki';
import { freePort, until } from '@ocm/testing';
import { parse } from 'yaml';
import { AVAILABLE, describeLog, type RunningAgent } from './agent-lab.ts';
import { type GrpcCluster, type GrpcJoinLab, startGrpcJoinLab } from './grpc-join-lab.ts';
import type { RunningGrpcServer } from './grpc-lab.ts';

let join: GrpcJoinLab;
let server: RunningGrpcServer;
beforeAll(async () => {
  join = await startGrpcJoinLab();
  server = await join.grpc.startServer();
});
afterAll(async () => join[Symbol.asyncDispose]());

async function joined(name: string, at = server): Promise<{ cluster: GrpcCluster; agent: RunningAgent }> {
  const cluster = await join.cluster(name, at);
  await cluster.create({ leaseDurationSeconds: 1 });
  const agent = await cluster.startAgent({ flags: ['--agent-id=agent1'] });
  await cluster.admit();
  return { cluster, agent };
}

async function untilCause(agent: RunningAgent, cause: string): Promise<void> {
  await until(
    () => {
      const diagnosis = agent.diagnosis();
      if (diagnosis?.cause !== cause) throw new Error(`it says ${diagnosis?.cause}; its log is ${describeLog(agent)}`);
      return true;
    },
    { describe: `the agent says ${cause}`, deadlineMs: 30_000 },
  );
}

async function untilBeats(cluster: GrpcCluster): Promise<void> {
  const before = (await cluster.lease())?.spec?.renewTime;
  await until(async () => (await cluster.lease())?.spec?.renewTime !== before, {
    describe: `${cluster.name} renews its lease`,
    deadlineMs: 30_000,
  });
}

test('a changed address or authority in the bootstrap secret makes the agent register anew', async () => {
  const { cluster, agent } = await joined('moved');
  const before = await cluster.credential();
  await using next = await join.grpc.startServer();
  await cluster.writeConfig(next);
  await agent.ended;
  const successor = await cluster.startAgent({ flags: ['--agent-id=agent1'], hubDirectory: agent.hubDirectory });
  await cluster.approveRequest();
  await until(async () => parse((await cluster.credential())?.['config.yaml'] ?? '').url === next.address, {
    describe: 'the new address is stored',
  });
  await untilBeats(cluster);
  expect((await cluster.credential())?.['tls.crt']).not.toBe(before?.['tls.crt']);
  await successor.stop();
});

test('an agent that is denied and accepted again goes on without being started anew', async () => {
  const { cluster, agent } = await joined('pardoned');
  await cluster.deny();
  await cluster.untilCondition('HubAcceptedManagedCluster', 'False');
  await untilCause(agent, 'ClusterNotAccepted');
  await cluster.accept();
  await cluster.untilCondition('HubAcceptedManagedCluster', 'True');
  await untilBeats(cluster);
  await until(() => agent.diagnosis() === undefined, { describe: 'the agent has nothing to complain about' });
  await agent.stop();
});

test('[cloudevents-grpc trap 38] a cluster that is deleted is not made again', async () => {
  const { cluster, agent } = await joined('deleted');
  await cluster.delete();
  await until(async () => (await cluster.find()) === undefined, { describe: 'it is gone' });
  await untilCause(agent, 'ClusterDeleted');
  await expect(cluster.find()).resolves.toBeUndefined();
  await agent.stop();
});

test('[cloudevents-grpc 62] the heartbeat goes on when the gRPC server is back', async () => {
  const own = await join.grpc.startServer({ port: await freePort() });
  const { cluster, agent } = await joined('patient', own);
  await own.stop();
  await untilCause(agent, 'HubUnreachable');
  await using _back = await join.grpc.startServer({ port: own.port });
  await untilBeats(cluster);
  await until(() => agent.diagnosis() === undefined, { describe: 'the agent has nothing to complain about' });
  await agent.stop();
});

async function expectRestored(key: string): Promise<void> {
  const { cluster, agent } = await joined(`edited-${key.replace('.', '-')}`);
  const before = await cluster.credential();
  await cluster.editCredential({ [key]: `${before?.[key]}# edited\n` });
  await until(async () => (await cluster.credential())?.[key] === before?.[key], { describe: `${key} is restored` });
  expect((await cluster.credential())?.['tls.crt']).not.toBe(before?.['tls.crt']);
  await expect(cluster.requests()).resolves.toHaveLength(2);
  await untilBeats(cluster);
  await agent.stop();
}

test('an edited config.yaml or kubeconfig in the secret is restored, with a new certificate', async () => {
  await Promise.all(['config.yaml', 'kubeconfig'].map((key) => expectRestored(key)));
});

test('[cloudevents-grpc 39] a cluster that exists already is joined', async () => {
  const cluster = await join.cluster('prepared', server);
  await cluster.create({ hubAcceptsClient: true });
  const flags = ['--spoke-external-server-urls=https://prepared.example:6443'];
  const agent = await cluster.startAgent({ flags });
  await cluster.approveRequest();
  await cluster.untilCondition(AVAILABLE, 'True');
  // Addresses cannot be added over gRPC, and that keeps nobody from joining.
  expect((await cluster.find())?.spec?.managedClusterClientConfigs).toBeUndefined();
  await agent.stop();
});

test.each([
  {
    what: 'an unknown token',
    config: () => ({ token: 'unknown' }),
    cause: 'UserUnknown',
    next: 'replace the token in config.yaml of the bootstrap secret',
  },
  {
    what: 'the CA of somebody else',
    config: async () => ({ caData: await otherAuthority() }),
    cause: 'HubUntrusted',
    next: 'caData of config.yaml',
  },
  {
    what: 'an address where nobody is',
    config: () => ({ url: '127.0.0.1:1' }),
    cause: 'HubUnreachable',
    next: 'url in config.yaml',
  },
])('an agent with $what says so', async ({ what, config, cause, next }) => {
  const cluster = await join.cluster(what.replaceAll(' ', '-').toLowerCase(), server, await config());
  const agent = await cluster.startAgent();
  await untilCause(agent, cause);
  expect(agent.diagnosis()?.next).toContain(next);
  await agent.stop();
});

async function otherAuthority(): Promise<string> {
  const now = new Date();
  const { certificatePem } = await createCertificateAuthority({ commonName: 'other', validityMs: 3_600_000, now });
  return Buffer.from(certificatePem).toString('base64');
}

test('without a gRPC configuration the agent does not start', async () => {
  const cluster = await join.lab.cluster('unconfigured');
  const agent = await cluster.start({ flags: ['--registration-auth=grpc'] });
  await expect(agent.ended).rejects.toThrow('config file should be set');
});
