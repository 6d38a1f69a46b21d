import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ManagedCluster } from '@ocm/api';
import { startConnectProxy, until } from '@ocm/testing';
import { parse, stringify } from 'yaml';
import { type AgentLab, AVAILABLE, BOOTSTRAP_USER, replaceFile, startAgentLab } from './agent-lab.ts';

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

async function clustersWithUuid(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of lab.admin.kind(ManagedCluster).list({ signal: lab.hub.signal })) {
    names.push(...page.items.map(({ metadata }) => metadata.name).filter((name) => UUID.test(name)));
  }
  return names;
}

test.each(['http', 'https'])('[registration 4] an agent joins through an %s proxy and keeps it', async (scheme) => {
  const { ca } = lab.hub.controlPlane;
  await using proxy = await startConnectProxy(scheme === 'https' ? { ca } : {});
  const cluster = await lab.cluster(`behind-${scheme}`);
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ proxyUrl: proxy.url }));
  const agent = await cluster.start();
  await cluster.admit();
  const kubeconfig = parse((await cluster.credential())?.['kubeconfig'] ?? '') as {
    clusters: { cluster: Record<string, string> }[];
  };
  expect(kubeconfig.clusters[0]?.cluster['proxy-url']).toBe(proxy.url);
  // With the bootstrap credential, to try the new one, and with that of the agent.
  expect(proxy.tunnels).toEqual(Array.from({ length: 3 }, () => new URL(lab.hub.controlPlane.url).host));
  await agent.stop();
});

test('[registration 5] an agent without a name takes a UUID and keeps it', async () => {
  const home = await lab.cluster('nameless');
  const agent = await home.start({ name: null });
  const name = await until(async () => (await clustersWithUuid())[0], { describe: 'a cluster with a UUID' });
  const cluster = await lab.cluster(name, home);
  await cluster.admit();
  const credential = await cluster.credential();
  expect(credential).toMatchObject({ 'cluster-name': name });
  await agent.stop();

  const successor = await home.start({ name: null, hubDirectory: `${home.directory}/new-pod` });
  await until(() => successor.log.some(({ message }) => message === 'working with the hub credential'), {
    describe: 'the successor works',
  });
  await expect(clustersWithUuid()).resolves.toEqual([name]);
  await expect(cluster.credential()).resolves.toEqual(credential);
  await expect(cluster.requests()).resolves.toHaveLength(1);
  await successor.stop();
});

test('[registration 6] annotations for agents are set when the cluster is created, and never again', async () => {
  const cluster = await lab.cluster('annotated');
  const key = 'agent.open-cluster-management.io/a';
  const first = await cluster.start({ flags: [`--cluster-annotations=${key}=1,b=2`] });
  await cluster.pendingRequest();
  const annotations = async (): Promise<unknown> => (await cluster.find())?.metadata.annotations;
  await until(async () => (await annotations()) !== undefined, { describe: 'the cluster is annotated' });
  await expect(annotations()).resolves.toEqual({ [key]: '1' });
  expect(first.log.find(({ fields }) => 'annotations' in fields)).toMatchObject({
    level: 'warn',
    fields: { annotations: ['b'] },
  });
  await first.stop();

  const second = await cluster.start({ flags: [`--cluster-annotations=${key}=changed`] });
  await until(async () => (await cluster.requests()).length === 2, { describe: 'the second agent has asked' });
  await expect(annotations()).resolves.toEqual({ [key]: '1' });
  await second.stop();
});

test('[registration 7] external server URLs become client configs with the CA of the cluster', async () => {
  const cluster = await lab.cluster('external');
  const urls = ['https://one.example:6443', 'https://two.example:6443'];
  const agent = await cluster.start({ flags: urls.map((url) => `--spoke-external-server-urls=${url}`) });
  const caBundle = Buffer.from(lab.hub.controlPlane.caPem).toString('base64');
  await until(async () => (await cluster.find()) !== undefined, { describe: 'the cluster is there' });
  expect((await cluster.find())?.spec?.managedClusterClientConfigs).toEqual(urls.map((url) => ({ url, caBundle })));
  await agent.stop();
});

test('[registration 8] a joined agent that gets another name registers that one, and the secret follows', async () => {
  const before = await lab.cluster('before');
  const agent = await before.start();
  await before.admit();
  await agent.stop();
  const agentName = (await before.credential())?.['agent-name'];

  const after = await lab.cluster('after', before);
  const renamed = await after.start();
  await after.admit();
  await expect(after.credential()).resolves.toMatchObject({ 'cluster-name': 'after', 'agent-name': agentName });
  expect((await before.find())?.metadata.name).toBe('before');
  await renamed.stop();
});

test('[registration 9] an expired bootstrap certificate changes nothing on the hub; a valid one joins', async () => {
  const cluster = await lab.cluster('expired');
  const expired = { user: BOOTSTRAP_USER, lifetimeMs: -60_000 };
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({}, expired));
  const agent = await cluster.start();
  const refusals = (): readonly unknown[] => agent.log.filter(({ fields }) => 'remedy' in fields);
  await until(() => refusals().length > 1, { describe: 'the hub has refused the agent twice' });
  await expect(cluster.find()).resolves.toBeUndefined();
  await expect(cluster.requests()).resolves.toEqual([]);

  // The file alone: a change of the secret would end the agent.
  await replaceFile(cluster.bootstrapPath, await cluster.bootstrapKubeconfig());
  await cluster.admit();
  await agent.stop();
});

test('[registration 11] a renamed cluster entry in the bootstrap kubeconfig makes the agent register anew', async () => {
  const cluster = await lab.cluster('rebuilt');
  const agent = await cluster.start();
  await cluster.admit();
  await agent.stop();
  const before = await cluster.credential();

  await cluster.writeBootstrap(renameEntry(await cluster.bootstrapKubeconfig(), 'rebuilt-hub'));
  const successor = await cluster.start();
  await cluster.approveRequest();
  const after = await until(
    async () => {
      const credential = await cluster.credential();
      return credential?.['tls.crt'] === before?.['tls.crt'] ? undefined : credential;
    },
    { describe: 'the secret is rewritten' },
  );
  expect(after.kubeconfig).toContain('name: rebuilt-hub');
  expect(after['agent-name']).toBe(before?.['agent-name']);
  await cluster.untilCondition(AVAILABLE, 'True');
  await until(() => successor.log.some(({ message }) => message === 'working with the hub credential'), {
    describe: 'the successor works',
  });
  await successor.stop();
});

function renameEntry(kubeconfig: string, name: string): string {
  const content = parse(kubeconfig) as {
    clusters: { name: string }[];
    contexts: { context: { cluster: string } }[];
  };
  for (const cluster of content.clusters) cluster.name = name;
  for (const { context } of content.contexts) context.cluster = name;
  return stringify(content);
}
