import {
  annotations as annotationKeys,
  clusterConditions,
  type Kind,
  type KubeObject,
  ManagedCluster,
  ManagedClusterAddOn,
  ManifestWork,
  Namespace,
} from '@ocm/api';
import { anAddOn, aManifestWork, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

const HOLD = ['test.example.com/hold'];
const { deleting } = clusterConditions;
let lab: HubLab;

beforeAll(async () => {
  lab = await startHubLab({ controllerManager: true });
  await lab.startHub({ worksRecheckMs: 50, cleanupRecheckMs: 50 });
});
afterAll(async () => lab[Symbol.asyncDispose]());

interface Held {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

async function hold(kind: Kind, object: KubeObject): Promise<Held> {
  const { namespace = '', name } = object.metadata;
  await lab.admin.kind(kind).create(object, { signal: lab.signal });
  return { kind, namespace, name };
}

async function isGoing({ kind, namespace, name }: Held): Promise<boolean> {
  const found = await lab.admin.kind(kind).find({ namespace, name }, { signal: lab.signal });
  return found?.metadata.deletionTimestamp !== undefined;
}

async function letGo({ kind, namespace, name }: Held): Promise<void> {
  await lab.admin
    .kind(kind)
    .mergePatch({ namespace, name }, { metadata: { finalizers: null } }, { signal: lab.signal });
}

function workOf(namespace: string, name: string, priority?: string): Promise<Held> {
  const annotations = priority === undefined ? {} : { [annotationKeys.cleanupPriority]: priority };
  return hold(ManifestWork, aManifestWork({ namespace, name, annotations, finalizers: HOLD }));
}

describe('a deleted cluster', () => {
  test('[registration 28] is emptied add-ons first, then works by priority, and goes with its permissions after the last', async () => {
    const cluster = clusterActor(lab, 'full');
    await cluster.createAccepted();
    const inOrder = [
      await hold(ManagedClusterAddOn, anAddOn({ namespace: 'full', name: 'add-on', finalizers: HOLD })),
      await workOf('full', 'none'),
      await workOf('full', 'twenty', '20'),
      await workOf('full', 'hundred', '100'),
    ];
    await cluster.delete();
    for (const [index, held] of inOrder.entries()) {
      await until(() => isGoing(held), { describe: `${held.name} is being deleted` });
      await until(
        async () => {
          expect(await cluster.condition(deleting.type)).toMatchObject({
            status: 'False',
            reason: 'ResourceRemaining',
          });
          const { role, registration, work } = await cluster.permissions();
          expect([role, registration]).toEqual([undefined, undefined]);
          expect(work).toBeDefined();
          return true;
        },
        { describe: 'the cluster says so, and has no other permission than that of works' },
      );
      const others = await Promise.all(inOrder.slice(index + 1).map(isGoing));
      expect(others).toEqual(others.map(() => false));
      await letGo(held);
    }
    await until(async () => (await cluster.find()) === undefined, { describe: 'the cluster is gone' });
    expect((await cluster.permissions()).work).toBeUndefined();
  });

  test('[registration 30] leaves its namespace behind', async () => {
    const namespace = await lab.admin.kind(Namespace).get('full', { signal: lab.signal });
    expect(namespace.metadata.deletionTimestamp).toBeUndefined();
  });

  test('[registration 28] says what remains, and how much of it is held', async () => {
    const cluster = clusterActor(lab, 'telling');
    await cluster.createAccepted();
    const held = await workOf('telling', 'held');
    await cluster.delete();
    await until(async () => (await cluster.condition(deleting.type))?.reason === 'ResourceRemaining', {
      describe: 'the condition says that something remains',
    });
    expect((await cluster.condition(deleting.type))?.message).toBe(
      '1 manifestworks.v1.work.open-cluster-management.io remain in the cluster namespace, 1 of them with finalizers',
    );
    await letGo(held);
    await until(async () => (await cluster.find()) === undefined, { describe: 'the cluster is gone' });
  });
});

test('[registration 29] what a cluster leaves that was removed by force is cleaned up', async () => {
  const cluster = clusterActor(lab, 'forced');
  await cluster.createAccepted();
  const addOn = await hold(ManagedClusterAddOn, anAddOn({ namespace: 'forced', name: 'add-on', finalizers: HOLD }));
  const work = await workOf('forced', 'work');
  await lab.admin.kind(ManagedCluster).mergePatch('forced', { metadata: { finalizers: null } }, { signal: lab.signal });
  await cluster.delete();
  // The hub may have put its finalizers back before the deletion.
  await until(
    async () => {
      const patch = { metadata: { finalizers: null } };
      const present = await cluster.find();
      if (present !== undefined)
        await lab.admin.kind(ManagedCluster).mergePatch('forced', patch, { signal: lab.signal });
      return (await cluster.find()) === undefined;
    },
    { describe: 'the cluster is gone' },
  );
  for (const held of [addOn, work]) {
    await until(() => isGoing(held), { describe: `${held.name} is being deleted` });
    await letGo(held);
  }
  await until(async () => Object.values(await cluster.permissions()).every((each) => each === undefined), {
    describe: 'the permissions are gone',
  });
});

test('a cluster that was never accepted is held too, and goes when its namespace has nothing', async () => {
  const cluster = clusterActor(lab, 'stranger');
  await cluster.create();
  await until(async () => ((await cluster.find())?.metadata.finalizers ?? []).length > 0, { describe: 'it is held' });
  await cluster.delete();
  await until(async () => (await cluster.find()) === undefined, { describe: 'it is gone' });
});

describe('with other settings', () => {
  test('the gate ResourceCleanup off: nothing is deleted, and an old finalizer does not block the deletion', async () => {
    await using other = await startHubLab();
    const cluster = clusterActor(other, 'c');
    {
      await using _hub = await other.startHub();
      await cluster.createAccepted();
    }
    await using _hub = await other.startHub({ gates: { ResourceCleanup: false }, worksRecheckMs: 50 });
    const works = other.admin.kind(ManifestWork);
    await works.create(aManifestWork({ namespace: 'c', name: 'w' }), { signal: other.signal });
    await cluster.delete();
    await until(async () => (await cluster.find())?.metadata.finalizers?.length === 1, {
      describe: 'the finalizer of the clean-up is gone',
    });
    expect(
      (await works.get({ namespace: 'c', name: 'w' }, { signal: other.signal })).metadata.deletionTimestamp,
    ).toBeUndefined();
    await works.delete({ namespace: 'c', name: 'w' }, { signal: other.signal });
    await until(async () => (await cluster.find()) === undefined, { describe: 'it is gone' });
  });

  test('types that are malformed or not served are passed over, and an empty list deletes nothing', async () => {
    await using other = await startHubLab();
    const works = other.admin.kind(ManifestWork);
    for (const cleanupTypes of [[], ['nonsense', 'work.open-cluster-management.io/v9/manifestworks']]) {
      await using _hub = await other.startHub({ cleanupTypes, worksRecheckMs: 50 });
      const cluster = clusterActor(other, `c${cleanupTypes.length}`);
      await cluster.createAccepted();
      const ref = { namespace: cluster.name, name: 'w' };
      await works.create(aManifestWork(ref), { signal: other.signal });
      await cluster.delete();
      await until(async () => (await cluster.find())?.metadata.finalizers?.length === 1, {
        describe: 'the finalizer of the clean-up is gone',
      });
      expect((await works.get(ref, { signal: other.signal })).metadata.deletionTimestamp).toBeUndefined();
      await works.delete(ref, { signal: other.signal });
      await until(async () => (await cluster.find()) === undefined, { describe: 'it is gone' });
    }
  });

  test('a type that may not be listed is named in the condition and keeps the cluster', async () => {
    await using other = await startHubLab();
    await using _hub = await other.startHub({ cleanupTypes: ['example.com/v1/things'] });
    const cluster = clusterActor(other, 'kept');
    await cluster.createAccepted();
    await cluster.delete();
    const condition = await until(
      async () => {
        const found = await cluster.condition(deleting.type);
        return found?.reason === 'DeletingError' && found;
      },
      { describe: 'the condition says what failed' },
    );
    expect(condition).toMatchObject({
      status: 'False',
      message: expect.stringContaining('listing things.example.com'),
    });
    expect((await cluster.find())?.metadata.finalizers).toContain(
      'cluster.open-cluster-management.io/resource-cleanup',
    );
  });
});
