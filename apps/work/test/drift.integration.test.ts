import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { ConfigMap, Deployment, findCondition, type Kind, type KubeObject } from '@ocm/api';
import { aConfigMap, aDeployment, until } from '@ocm/testing';
import { test } from './driver.ts';
import { type Cluster, entryOf, expectPrompt, type Lab, startLab } from './lab.ts';

/** Promised to operators. */
const REVERTED_WITHIN_MS = 2000;

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  // No poll comes before a watch.
  await cluster.startAgent({ intervals: { statusSyncMs: 60_000 } });
});
afterAll(() => lab.stop());

/** Delivers objects and waits until they are followed. */
async function deliver(name: string, manifests: readonly KubeObject[], resource: string): Promise<void> {
  await cluster.create({ name, manifests });
  await cluster.untilCondition(name, 'Applied', 'True');
  await until(async () => (await cluster.appliedWork(name))?.status?.appliedResources?.length === manifests.length, {
    describe: 'the objects are recorded',
  });
  await until(() => lab.spokeProxy.requests({ verb: 'watch', resource }).length > 0, {
    describe: `${resource} are watched`,
  });
}

/** Does something to an object and expects that it is soon as it was. Returns how often it was done. */
async function expectReverted<T extends KubeObject>(
  { kind, name }: { readonly kind: Kind<T>; readonly name: string },
  edit: () => Promise<unknown>,
): Promise<number> {
  const view = (object: T | undefined) => {
    const { labels, ownerReferences } = object?.metadata ?? {};
    const { metadata: _metadata, status: _status, ...content } = (object ?? {}) as KubeObject & { status?: unknown };
    return { labels, owners: ownerReferences?.map((owner) => owner.name), content };
  };
  const before = view(await cluster.object(kind, name));
  return expectPrompt(REVERTED_WITHIN_MS, async () => {
    await edit();
    await until(
      async () => {
        expect(view(await cluster.object(kind, name))).toEqual(before);
        return true;
      },
      { describe: `${name} is as it was` },
    );
  });
}

const maps = () => lab.admin.kind(ConfigMap);
const patchMap = (name: string, patch: object, manager = 'kubectl-edit') =>
  maps().mergePatch({ namespace, name }, patch, { ...lab, fieldManager: manager });

const untilMessage = (owner: Cluster, work: string, message: string | RegExp) =>
  until(
    async () => {
      const { conditions } = entryOf(await owner.work(work), 0) ?? {};
      expect(findCondition(conditions, 'Applied')?.message ?? '').toMatch(message);
      return true;
    },
    { describe: `${work} tells who is fought with` },
  );
const corrections = (name: string) => lab.spokeProxy.requests({ verb: 'update', resource: 'configmaps', name }).length;

describe('what is done to an applied object is undone within two seconds', () => {
  test.each<[string, (name: string) => Promise<unknown>]>([
    ['its content is edited', (name) => patchMap(name, { data: { key: 'edited' } })],
    ['a label is changed', (name) => patchMap(name, { metadata: { labels: { app: 'theirs' } } })],
    ['our owner reference is removed', (name) => patchMap(name, { metadata: { ownerReferences: null } })],
    ['it is deleted', (name) => maps().delete({ namespace, name }, lab)],
  ])('[work 15] %s', async (title, edit) => {
    const name = title.replaceAll(' ', '-');
    await deliver(name, [aConfigMap({ name, namespace, labels: { app: 'ours' } })], 'configmaps');
    await expectReverted({ kind: ConfigMap, name }, () => edit(name));
  });

  test('[work 15] a Deployment is scaled; a change of its status costs nothing', async () => {
    const name = 'scaled';
    await deliver(name, [aDeployment({ name, namespace, replicas: 2 })], 'deployments');
    await lab.admin
      .kind(Deployment)
      .mergePatch({ namespace, name }, { status: { replicas: 2 } }, { ...lab, subresource: 'status' });
    const scale = { spec: { replicas: 5 } };
    const edits = await expectReverted({ kind: Deployment, name }, () =>
      lab.admin.kind(Deployment).mergePatch({ namespace, name }, scale, lab),
    );
    const isPut = { verb: 'update', resource: 'deployments', name } as const;
    expect(lab.spokeProxy.requests(isPut)).toHaveLength(edits);
  });
});

describe('a fight over an object', () => {
  test('of two works goes on at the pace of the resync, and each names the other', async () => {
    const other = await lab.newCluster();
    await other.startAgent({ intervals: { applyResyncMs: 2000 } });
    const name = 'fought';
    const manifest = (value: string) => aConfigMap({ name, namespace: other.objects, data: { key: value } });
    await other.create({ name: 'red', manifests: [manifest('red')] });
    await other.untilCondition('red', 'Applied', 'True');
    await other.create({ name: 'blue', manifests: [manifest('blue')] });
    await untilMessage(other, 'red', 'the work "blue" keeps changing the object');
    await untilMessage(other, 'blue', 'the work "red" keeps changing the object');
    await other.delete('blue');
    await other.untilGone('blue');
    await until(async () => (await other.object(ConfigMap, name))?.data?.['key'] === 'red', {
      describe: 'the object is what the work that is left lists',
    });
    await untilMessage(other, 'red', /complete$/);
  });

  test('with a local controller backs off and names its field manager', async () => {
    const name = 'local';
    await deliver(name, [aConfigMap({ name, namespace })], 'configmaps');
    const over = new AbortController();
    const rogue = (async () => {
      while (!over.signal.aborted) {
        await patchMap(name, { data: { key: 'rogue' } }, 'rogue-controller');
        await setTimeout(50);
      }
    })();
    await untilMessage(cluster, name, 'the field manager "rogue-controller"');
    over.abort();
    await rogue;
    expect(corrections(name)).toBeLessThan(20);
    const work = await cluster.work(name);
    expect(findCondition(work?.status?.conditions, 'Applied')?.status).toBe('True');
  });
});

test('an object that goes with another work before its watch has begun is made again when it begins', async () => {
  const shared = await lab.newCluster();
  const manifests = [aConfigMap({ name: 'shared', namespace: shared.objects })];
  const first = await shared.startAgent();
  await shared.create({ name: 'owner', manifests });
  await shared.untilCondition('owner', 'Applied', 'True');
  await shared.create({ name: 'guest', manifests, deleteOption: { propagationPolicy: 'Orphan' } });
  await shared.untilCondition('guest', 'Applied', 'True');
  await first.stop();
  using _slow = lab.spokeProxy.inject({
    fault: { kind: 'latency', ms: 2000 },
    when: { resource: 'configmaps', namespace: shared.objects, verb: ['list', 'watch'] },
  });
  await shared.startAgent();
  const before = await shared.object(ConfigMap, 'shared');
  await shared.delete('owner');
  await shared.untilGone('owner');
  await until(
    async () => {
      const now = await shared.object(ConfigMap, 'shared');
      return now !== undefined && now.metadata.uid !== before?.metadata.uid;
    },
    { describe: 'the guest makes the object again' },
  );
});
