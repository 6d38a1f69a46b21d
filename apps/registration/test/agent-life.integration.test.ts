import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClusterRoleBinding, ManagedCluster, Node, Secret } from '@ocm/api';
import { aNode, type RecordedRequest, startFaultProxy, until } from '@ocm/testing';
import {
  AGENT_USER,
  type AgentLab,
  AVAILABLE,
  type JoiningCluster,
  replaceFile,
  type RunningAgent,
  startAgentLab,
} from './agent-lab.ts';

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

async function joined(name: string): Promise<{ cluster: JoiningCluster; agent: RunningAgent }> {
  const cluster = await lab.cluster(name);
  const agent = await cluster.start();
  await cluster.admit();
  return { cluster, agent };
}

/** Why it has ended. */
const reasonOf = ({ log }: RunningAgent): unknown => log.findLast(({ fields }) => 'reason' in fields)?.fields['reason'];

const said = (agent: RunningAgent, text: string): Promise<boolean> =>
  until(() => agent.log.some(({ message }) => message.includes(text)), { describe: `the agent says "${text}"` });

test.concurrent('changed data of the bootstrap secret end the agent, labels do not', async () => {
  const { cluster, agent } = await joined('switching');
  const secrets = lab.admin.kind(Secret);
  const { signal } = lab.hub;
  const ref = { namespace: cluster.namespace, name: 'bootstrap-hub-kubeconfig' };
  await secrets.mergePatch(ref, { metadata: { labels: { a: 'b' } } }, { signal });
  const ended = agent.ended.then(() => 'ended');
  await secrets.mergePatch(ref, { stringData: { kubeconfig: 'of another hub' } }, { signal });
  await expect(ended).resolves.toBe('ended');
  expect(reasonOf(agent)).toBe('the data of the bootstrap secret changed');
});

test.concurrent('a deleted bootstrap secret ends the agent, its return does not', async () => {
  const { cluster, agent } = await joined('orphaned');
  const ref = { namespace: cluster.namespace, name: 'bootstrap-hub-kubeconfig' };
  const secrets = lab.admin.kind(Secret);
  const { signal } = lab.hub;
  const secret = await secrets.get(ref, { signal });
  await secrets.delete(ref, { signal });
  await agent.ended;
  const successor = await cluster.start();
  await said(successor, 'working with the hub credential');
  let hasEnded = false;
  void successor.ended.then(() => (hasEnded = true));
  // More than once, for it may not look yet.
  await until(
    async () => {
      await secrets.create({ metadata: ref, data: secret.data ?? {} }, { signal });
      await secrets.delete(ref, { signal });
      return hasEnded;
    },
    { describe: 'the agent ends' },
  );
  // Had the creation ended it, it would have given no reason, or another.
  expect(reasonOf(successor)).toBe('the bootstrap secret was deleted');
});

test.concurrent(
  'an agent that waits for its approval ends when its bootstrap kubeconfig describes another hub',
  async () => {
    const cluster = await lab.cluster('redirected');
    const agent = await cluster.start();
    await cluster.pendingRequest();
    // The file alone: it may change long after the secret, or without it.
    const bootstrap = await readFile(cluster.bootstrapPath, 'utf8');
    await replaceFile(cluster.bootstrapPath, bootstrap.replaceAll('default', 'other'));
    await agent.ended;
    expect(reasonOf(agent)).toBe('the bootstrap kubeconfig has changed: name of the cluster entry');
  },
);

test.concurrent('the health check fails when the agent has to register anew', async () => {
  const { cluster, agent } = await joined('unhealthy');
  await expect(agent.health()).resolves.toBeUndefined();
  const bootstrap = await readFile(cluster.bootstrapPath, 'utf8');
  await writeFile(cluster.bootstrapPath, bootstrap.replaceAll('default', 'other'));
  await expect(agent.health()).resolves.toBe('the client certificate expires and rebootstrap is required.');
  await writeFile(cluster.bootstrapPath, bootstrap);
  await expect(agent.health()).resolves.toBeUndefined();
  await agent.stop();
});

test.concurrent('[registration 39] nodes are summed up, and what others publish survives', async () => {
  const { cluster, agent } = await joined('summed');
  const nodes = lab.admin.kind(Node);
  const { signal } = lab.hub;
  await lab.admin
    .kind(ManagedCluster)
    .mergePatch('summed', { status: { capacity: { sockets: '4' } } }, { signal, subresource: 'status' });
  const resources = { cpu: '1500m', memory: '1Gi' };
  for (const [name, unschedulable] of [
    ['one', false],
    ['two', true],
  ] as const) {
    const { status, ...node } = aNode({ name, unschedulable, capacity: resources, allocatable: resources });
    const created = await nodes.create(node, { signal });
    await nodes.replace({ ...created, ...(status === undefined ? {} : { status }) }, { signal, subresource: 'status' });
  }
  const reported = async (): Promise<unknown> => {
    const { capacity, allocatable, version } = (await cluster.find())?.status ?? {};
    return { capacity, allocatable, version: version?.kubernetes?.startsWith('v1.') };
  };
  await until(
    async () => {
      expect(await reported()).toEqual({
        capacity: { cpu: '3', memory: '2Gi', sockets: '4' },
        allocatable: { cpu: '1500m', memory: '1Gi' },
        version: true,
      });
      return true;
    },
    { describe: 'capacity and allocatable are reported' },
  );
  await nodes.delete('one', { signal });
  await nodes.delete('two', { signal });
  await agent.stop();
});

test.concurrent('a denied agent stops its heartbeat, and resumes it when it is accepted again', async () => {
  const cluster = await lab.cluster('denied');
  await cluster.create({ leaseDurationSeconds: 1 });
  const agent = await cluster.start();
  await cluster.admit();
  await cluster.deny();
  await cluster.untilCondition('HubAcceptedManagedCluster', 'False');
  await cluster.untilCondition(AVAILABLE, 'Unknown');
  await cluster.accept();
  await cluster.untilCondition(AVAILABLE, 'True');
  await agent.stop();
});

const isHeartbeat = ({ verb, resource, path }: RecordedRequest): boolean =>
  (resource === 'leases' && (verb === 'get' || verb === 'update')) || path.startsWith('/livez');

test.concurrent('with nothing to do only heartbeats and probes go over the wire', async () => {
  await using proxy = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const cluster = await lab.cluster('quiet');
  const via = { server: proxy.url };
  await cluster.create({ leaseDurationSeconds: 1 });
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig(via));
  const agent = await cluster.start({
    spokeVia: via,
    flags: ['--cluster-healthcheck-period=300ms'],
    // Resyncs run dry many times over.
    intervals: { credentialResyncMs: 100, secretToFilesResyncMs: 100 },
  });
  await cluster.admit();
  const quiet = await until(
    () => {
      const requests = proxy.requests();
      const isQuiet = requests.every(isHeartbeat);
      if (!isQuiet) proxy.clearRequests();
      return isQuiet && requests.filter(({ verb }) => verb === 'update').length >= 4 && requests;
    },
    { describe: 'four heartbeats without anything between them', deadlineMs: 35_000 },
  );
  expect(new Set(quiet.map(({ verb, resource }) => `${verb} ${resource}`.trim()))).toEqual(
    new Set(['get leases', 'update leases', 'get']),
  );
  await agent.stop();
});

test.concurrent(
  'a managed cluster elsewhere is asked through its own kubeconfig, and the secrets stay where the agent is',
  async () => {
    await using proxy = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
    const cluster = await lab.cluster('hosted');
    const spokeKubeconfig = `${cluster.directory}/spoke.kubeconfig`;
    await lab.hub.controlPlane.writeKubeconfig(spokeKubeconfig, { user: AGENT_USER }, { server: proxy.url });
    const agent = await cluster.start({ flags: [`--spoke-kubeconfig=${spokeKubeconfig}`] });
    await cluster.admit();
    await until(async () => (await cluster.find())?.status?.version, { describe: 'the version is reported' });
    const asked = (): readonly string[] =>
      [...new Set(proxy.requests().map(({ resource, path }) => resource || path))].toSorted();
    const all = ['/livez', '/version', 'clusterclaims', 'namespaces', 'nodes'];
    await until(() => expect(asked()).toEqual(all) === undefined, { describe: 'all is asked there that is its own' });
    await agent.stop();
  },
);

test.concurrent('no credential is saved before the cluster is made: who finds one makes no cluster', async () => {
  await using proxy = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const cluster = await lab.cluster('first');
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ server: proxy.url }));
  const creation = { verb: 'create', resource: 'managedclusters' };
  const outage = proxy.inject({ fault: { kind: 'status', code: 503 }, when: creation });
  const agent = await cluster.start();
  await cluster.approveRequest();
  await until(async () => (await cluster.requests())[0]?.status?.certificate, { describe: 'a certificate is issued' });
  const hits = outage.hits;
  await until(() => outage.hits > hits + 1, { describe: 'the agent goes on trying' });
  expect((await cluster.credential())?.['tls.crt']).toBeUndefined();
  outage.remove();
  await cluster.untilMade();
  await cluster.accept();
  await cluster.untilCondition(AVAILABLE, 'True');
  await agent.stop();
});

test.concurrent('a bootstrap user without rights is told what it lacks, and joins when it has got it', async () => {
  const cluster = await lab.cluster('unprivileged');
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({}, { user: 'nobody-yet' }));
  const agent = await cluster.start();
  const remedies = (): readonly unknown[] => agent.log.flatMap(({ fields }) => fields['remedy'] ?? []);
  await until(() => remedies().length > 0, { describe: 'a remedy' });
  expect(remedies()[0]).toBe(
    'the bootstrap credential may not get managedclusters (403): grant its user the role open-cluster-management:bootstrap on the hub',
  );
  const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'nobody-yet' }] as const;
  const roleRef = {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    name: 'open-cluster-management:bootstrap',
  } as const;
  await lab.admin
    .kind(ClusterRoleBinding)
    .create({ metadata: { name: 'nobody-yet' }, roleRef, subjects }, { signal: lab.hub.signal });
  await cluster.admit();
  await agent.stop();
});

// At the end of the file: those that run side by side are over then, and are not disturbed.
test('a restart of the API server is survived', async () => {
  const { cluster, agent } = await joined('patient');
  await lab.hub.controlPlane.stopApiServer();
  await lab.hub.controlPlane.startApiServer();
  const { signal } = lab.hub;
  await lab.admin.kind(ManagedCluster).mergePatch('patient', { spec: { leaseDurationSeconds: 1 } }, { signal });
  const first = (await cluster.lease())?.spec?.renewTime;
  await until(async () => (await cluster.lease())?.spec?.renewTime !== first, {
    describe: 'the agent has seen the change and renews',
    deadlineMs: 35_000,
  });
  await cluster.untilCondition(AVAILABLE, 'True');
  await agent.stop();
});
