import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CertificateSigningRequest, ConfigMap, type KubeObject, ManagedCluster, Secret } from '@ocm/api';
import { type FaultProxy, type Identity, type KubeconfigRoute, startFaultProxy, until } from '@ocm/testing';
import { parse } from 'yaml';
import { addOnActor, makeNamespace } from './addon-lab.ts';
import {
  type AgentLab,
  type AgentRunOptions,
  AVAILABLE,
  BOOTSTRAP_USER,
  type JoiningCluster,
  type RunningAgent,
  startAgentLab,
} from './agent-lab.ts';

/** The first lab is a hub and the managed cluster of both. */
let first: AgentLab;
let second: AgentLab;
/** Between the agents and the first hub. */
let way: FaultProxy;
beforeAll(async () => {
  [first, second] = await Promise.all([startAgentLab(), startAgentLab()]);
  way = await startFaultProxy({ controlPlane: first.hub.controlPlane });
});
afterAll(async () => {
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  await way.close();
});

/** One cluster, as its two hubs see it. */
interface TwoHubs {
  readonly onFirst: JoiningCluster;
  readonly onSecond: JoiningCluster;
  readonly flags: readonly string[];
}

const BOOTSTRAP: Identity = { user: BOOTSTRAP_USER };

async function twoHubs(name: string, via: KubeconfigRoute = {}): Promise<TwoHubs> {
  const onFirst = await first.cluster(name);
  const { directory, namespace } = onFirst;
  const paths = [join(directory, 'first'), join(directory, 'second')] as const;
  await first.hub.controlPlane.writeKubeconfig(paths[0], BOOTSTRAP, via);
  await second.hub.controlPlane.writeKubeconfig(paths[1], BOOTSTRAP);
  const flags = ['--feature-gates=MultipleHubs=true', ...paths.map((path) => `--bootstrap-kubeconfigs=${path}`)];
  // The agent's secrets are on the managed cluster, which is the first hub.
  return { onFirst, onSecond: await second.cluster(name, { namespace, directory }), flags };
}

async function start({ onFirst, flags }: TwoHubs, options: AgentRunOptions = {}): Promise<RunningAgent> {
  return onFirst.start({ ...options, flags: [...flags, ...(options.flags ?? [])] });
}

async function serverOf(cluster: JoiningCluster): Promise<string | undefined> {
  const text = (await cluster.credential())?.['kubeconfig'];
  if (text === undefined) return undefined;
  return (parse(text) as { clusters: { cluster: { server: string } }[] }).clusters[0]?.cluster.server;
}

const reasonOf = ({ log }: RunningAgent): unknown => log.findLast(({ fields }) => 'reason' in fields)?.fields['reason'];

/** The second hub is not the managed cluster: nothing on it may hold the agent's key, or its certificate in a secret. */
async function expectKeyStaysHome({ onFirst }: TwoHubs): Promise<void> {
  const { 'tls.key': key = '', 'tls.crt': certificate = '' } = (await onFirst.credential()) ?? {};
  const line = key.split('\n')[1] ?? '';
  expect(line.length).toBeGreaterThan(40);
  const { signal } = second.hub;
  for (const kind of [Secret, ConfigMap, CertificateSigningRequest, ManagedCluster]) {
    const found: unknown[] = [];
    for await (const page of second.admin.kind<KubeObject>(kind).list({ signal })) found.push(...page.items);
    const texts = JSON.stringify(found)
      .split('"')
      .flatMap((text) => [text, Buffer.from(text, 'base64').toString()]);
    expect(texts.some((text) => text.includes(line))).toBe(false);
    const isAnswer = kind === CertificateSigningRequest;
    expect(texts.some((text) => text.includes(certificate.trim()))).toBe(isAnswer);
  }
}

test('[registration 52] an agent that its hub denies registers with the next one', async () => {
  const hubs = await twoHubs('denied-there');
  const agent = await start(hubs);
  await hubs.onFirst.admit();
  await expect(hubs.onSecond.find()).resolves.toBeUndefined();
  await hubs.onFirst.deny();
  await agent.ended;
  expect(reasonOf(agent)).toBe('the hub denies the cluster');

  const successor = await start(hubs);
  await hubs.onSecond.admit();
  await expect(serverOf(hubs.onFirst)).resolves.toBe(second.hub.controlPlane.url);
  await expectKeyStaysHome(hubs);
  await successor.stop();

  // The second one is kept, though the first one would take the agent again.
  await hubs.onFirst.accept();
  const third = await start(hubs);
  await until(() => third.log.some(({ message }) => message === 'working with the hub credential'), {
    describe: 'the agent works',
  });
  expect(third.log.find(({ message }) => message === 'hub chosen')?.fields).toMatchObject({
    server: second.hub.controlPlane.url,
  });
  await expect(hubs.onSecond.requests()).resolves.toHaveLength(1);
  await third.stop();
});

test('[registration 53] an agent that has lost its hub for long enough registers with the next one', async () => {
  const hubs = await twoHubs('cut-off', { server: way.url });
  const intervals = { hubContactCheckMs: 200, hubContactGraceMs: 0, leaseAttemptMs: 500, hubExaminationMs: 2000 };
  const flags = ['--hub-connection-timeout-seconds=5'];
  await hubs.onFirst.create({ leaseDurationSeconds: 1, hubAcceptsClient: true });
  const agent = await start(hubs, { intervals, flags });
  await hubs.onFirst.approveRequest();
  await hubs.onFirst.untilCondition(AVAILABLE, 'True');

  const outage = way.inject({ fault: { kind: 'drop-request' } });
  await agent.ended;
  const [, since = ''] = /^no contact with the hub since (\S+)/.exec(String(reasonOf(agent))) ?? [];
  expect(Date.now() - Date.parse(since)).toBeGreaterThanOrEqual(5000);
  const successor = await start(hubs, { intervals, flags: ['--hub-connection-timeout-seconds=600'] });
  await hubs.onSecond.admit();
  await expect(serverOf(hubs.onFirst)).resolves.toBe(second.hub.controlPlane.url);
  outage.remove();
  await successor.stop();
});

test('[registration 52] without a usable hub the agent ends and says why', async () => {
  const hubs = await twoHubs('homeless');
  await hubs.onFirst.create();
  await writeFile(join(hubs.onFirst.directory, 'second'), 'no kubeconfig');
  const agent = await start(hubs);
  await expect(agent.ended).rejects.toThrow(
    /none of the hubs can be used now: .*does not accept the cluster homeless.*second/,
  );
});

test('[registration 54] one hub is not several', async () => {
  const cluster = await first.cluster('lonely');
  const agent = await cluster.start({ flags: ['--feature-gates=MultipleHubs=true', '--bootstrap-kubeconfigs=/only'] });
  await expect(agent.ended).rejects.toThrow('expect at least 2 bootstrap kubeconfigs');
});

test('[registration 55] a changed bootstrap secret leads to the new hub, with the credentials of the add-ons', async () => {
  const old = await first.cluster('moving');
  const agent = await old.start();
  await old.admit();
  await makeNamespace(first, 'moving-addon');
  const before = addOnActor(first, { cluster: old, name: 'mover', namespace: 'moving-addon' });
  await before.create();
  await before.approveNext();
  const oldSecret = await before.untilSecret();

  await old.writeBootstrap(await second.hub.controlPlane.kubeconfig(BOOTSTRAP));
  await agent.ended;
  expect(reasonOf(agent)).toBe('the data of the bootstrap secret changed');
  const next = await second.cluster('moving', { namespace: old.namespace, directory: old.directory });
  const successor = await old.start();
  await next.admit();
  const agentName = (await old.credential())?.['agent-name'];
  expect((await next.requests())[0]?.spec.username).toBe(BOOTSTRAP_USER);
  expect(agentName).toBeDefined();
  const after = addOnActor(second, { cluster: next, name: 'mover', namespace: 'moving-addon' });
  await after.create();
  await after.approveNext();
  const newSecret = await until(
    async () => {
      const secret = await before.secret();
      return secret?.['tls.crt'] === oldSecret['tls.crt'] ? undefined : secret;
    },
    { describe: 'the add-on has a credential of the new hub' },
  );
  expect(newSecret['kubeconfig']).toContain(second.hub.controlPlane.url);
  await successor.stop();
});
