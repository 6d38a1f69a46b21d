import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ManagedCluster, managedNamespaceLabel, type ManagedNamespaceStatus, Namespace } from '@ocm/api';
import { startFaultProxy, until } from '@ocm/testing';
import { hubHashOf } from '../src/agent/identity/hub-hash.ts';
import {
  type AgentLab,
  type AgentRunOptions,
  type JoiningCluster,
  type RunningAgent,
  startAgentLab,
} from './agent-lab.ts';

let lab: AgentLab;
let key: string;
beforeAll(async () => {
  lab = await startAgentLab({ hub: false });
  key = managedNamespaceLabel(hubHashOf(lab.hub.controlPlane.url));
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** Without a hub controller once it has joined: the test says what the hub lists. */
async function joined(
  name: string,
  options: AgentRunOptions = {},
): Promise<{ cluster: JoiningCluster; agent: RunningAgent }> {
  const cluster = await lab.cluster(name);
  await using _hub = await lab.hub.startHub();
  const agent = await cluster.start(options);
  await cluster.admit();
  return { cluster, agent };
}

type Pair = readonly [clusterSet: string, name: string];

async function list(cluster: string, pairs: readonly Pair[]): Promise<void> {
  const managedNamespaces = pairs.map(([clusterSet, name]) => ({ clusterSet, name }));
  const patch = { status: { managedNamespaces } };
  await lab.admin.kind(ManagedCluster).mergePatch(cluster, patch, { signal: lab.hub.signal, subresource: 'status' });
}

async function labelOf(name: string): Promise<string | undefined> {
  return (await lab.admin.kind(Namespace).find(name, { signal: lab.hub.signal }))?.metadata.labels?.[key];
}

async function untilLabelled(labels: Readonly<Record<string, string>>): Promise<void> {
  await until(
    async () => {
      const found = await Promise.all(Object.keys(labels).map(async (name) => [name, await labelOf(name)] as const));
      return expect(Object.fromEntries(found)).toEqual(labels) === undefined;
    },
    { describe: 'the namespaces are labelled' },
  );
}

function conditionOf({ conditions = [] }: ManagedNamespaceStatus): string {
  return conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`).join();
}

async function outcomes(cluster: JoiningCluster): Promise<readonly unknown[]> {
  const entries = (await cluster.find())?.status?.managedNamespaces ?? [];
  return entries.map((entry) => [entry.clusterSet, entry.name, conditionOf(entry)]);
}

const APPLIED = 'NamespaceAvailable=True NamespaceApplied';

async function untilOutcomes(cluster: JoiningCluster, want: readonly unknown[]): Promise<void> {
  await until(async () => expect(await outcomes(cluster)).toEqual(want) === undefined, {
    describe: `outcomes of ${cluster.name}`,
  });
}

test('[registration 43] listed namespaces exist and are marked, of several sets; those no longer listed stay', async () => {
  const { signal } = lab.hub;
  const { cluster, agent } = await joined('managed');
  const metadata = { name: 'adopted', labels: { mine: 'kept' } };
  await lab.admin.kind(Namespace).create({ metadata }, { signal });
  await list('managed', [
    ['blue', 'adopted'],
    ['blue', 'shared'],
    ['green', 'shared'],
  ]);
  await untilLabelled({ adopted: 'true', shared: 'true' });
  await untilOutcomes(cluster, [
    ['blue', 'adopted', APPLIED],
    ['blue', 'shared', APPLIED],
    ['green', 'shared', APPLIED],
  ]);

  // Somebody takes the mark away: it comes back.
  await lab.admin.kind(Namespace).mergePatch('shared', { metadata: { labels: { [key]: null } } }, { signal });
  await untilLabelled({ shared: 'true' });

  await list('managed', [['green', 'shared']]);
  await untilLabelled({ adopted: 'false', shared: 'true' });
  expect((await lab.admin.kind(Namespace).get('adopted', { signal })).metadata.labels).toMatchObject({ mine: 'kept' });
  await list('managed', []);
  await untilLabelled({ adopted: 'false', shared: 'false' });
  await agent.stop();
});

test('[registration 43] one namespace that cannot be made does not stop the others', async () => {
  const { signal } = lab.hub;
  await using spoke = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const { cluster, agent } = await joined('hindered', { spokeVia: { server: spoke.url } });
  await lab.admin.kind(Namespace).create({ metadata: { name: 'present' } }, { signal });
  const refusal = spoke.inject({
    fault: { kind: 'status', code: 403 },
    when: { verb: 'create', resource: 'namespaces' },
  });
  await list('hindered', [
    ['blue', 'present'],
    ['blue', 'refused'],
  ]);
  await untilOutcomes(cluster, [
    ['blue', 'present', APPLIED],
    ['blue', 'refused', 'NamespaceAvailable=False NamespaceApplyFailed'],
  ]);
  await untilLabelled({ present: 'true' });
  refusal.remove();
  await untilLabelled({ refused: 'true' });
  await untilOutcomes(cluster, [
    ['blue', 'present', APPLIED],
    ['blue', 'refused', APPLIED],
  ]);
  await agent.stop();
});
