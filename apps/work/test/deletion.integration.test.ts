import { afterAll, beforeAll, expect } from '@jest/globals';
import { ConfigMap, type DeleteOption, findCondition, type OwnerReference } from '@ocm/api';
import { aConfigMap, until } from '@ocm/testing';
import { kubeOnly, test } from './driver.ts';
import { type Cluster, type Lab, startLab } from './lab.ts';

const HOLD = 'example.com/hold';
const ORPHAN: DeleteOption = { propagationPolicy: 'Orphan' };

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent({ intervals: { applyResyncMs: 500 } });
});
afterAll(() => lab.stop());

const patchObject = (name: string, patch: object) =>
  lab.admin.kind(ConfigMap).mergePatch({ namespace, name }, patch, lab);
const owners = async (name: string) => (await cluster.object(ConfigMap, name))?.metadata.ownerReferences ?? [];
const isTerminating = async (name: string) =>
  (await cluster.object(ConfigMap, name))?.metadata.deletionTimestamp !== undefined;
/** Creates a work of ConfigMaps and waits until they are applied. */
const deliver = async (name: string, manifests: readonly string[], deleteOption?: DeleteOption) => {
  const objects = manifests.map((each) => aConfigMap({ name: each, namespace }));
  await cluster.create({ name, manifests: objects, ...(deleteOption === undefined ? {} : { deleteOption }) });
  await cluster.untilCondition(name, 'Applied', 'True');
  await until(async () => (await cluster.appliedWork(name))?.status?.appliedResources?.length === manifests.length, {
    describe: 'the objects are recorded',
  });
};

test('[work 28] objects, record and work go in that order, and Deleting is True meanwhile', async () => {
  await deliver('order', ['order-a', 'order-b']);
  await patchObject('order-a', { metadata: { finalizers: [HOLD] } });
  await cluster.delete('order');
  await until(async () => (await cluster.object(ConfigMap, 'order-b')) === undefined, { describe: 'order-b is gone' });
  await until(() => isTerminating('order-a'), { describe: 'order-a is terminating' });
  expect(await cluster.untilCondition('order', 'Deleting', 'True')).toMatchObject({
    reason: 'WorkDeleting',
    message: 'ManifestWork is being deleted',
  });
  await until(async () => (await cluster.appliedWork('order'))?.status?.appliedResources?.length === 1, {
    describe: 'only order-a is left',
  });
  await until(
    async () => findCondition((await cluster.work('order'))?.status?.conditions, 'Available')?.status === 'False',
    {
      describe: 'the loss of order-b is reported',
    },
  );
  expect((await cluster.appliedWork('order'))?.metadata.deletionTimestamp).toBeDefined();
  await patchObject('order-a', { metadata: { finalizers: [] } });
  await cluster.untilGone('order');
  expect(await cluster.object(ConfigMap, 'order-a')).toBeUndefined();
});

test('[work 29] an object of two works stays when one of them drops it or is deleted', async () => {
  await deliver('share-a', ['shared', 'only-a']);
  await deliver('share-b', ['shared']);
  await deliver('share-c', ['shared']);
  await until(async () => (await owners('shared')).length === 3, { describe: 'it has three owners' });
  const before = await cluster.object(ConfigMap, 'shared');
  await cluster.update('share-a', { manifests: [aConfigMap({ name: 'only-a', namespace })] });
  await until(async () => (await owners('shared')).length === 2, { describe: 'one has dropped it' });
  await cluster.delete('share-b');
  await cluster.untilGone('share-b');
  const after = await cluster.object(ConfigMap, 'shared');
  expect(after?.metadata.uid).toBe(before?.metadata.uid);
  expect(after?.metadata.ownerReferences?.map(({ name }) => name)).toEqual([`${cluster.hubHash}-share-c`]);
  expect((await cluster.appliedWork('share-c'))?.status?.appliedResources?.map(({ name }) => name)).toEqual(['shared']);
  await cluster.delete('share-c');
  await cluster.untilGone('share-c');
  expect(await cluster.object(ConfigMap, 'shared')).toBeUndefined();
});

test('[work 30] an owner of another kind does not protect an object', async () => {
  await deliver('foreign', ['foreign-owned']);
  const foreign: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: crypto.randomUUID() };
  await patchObject('foreign-owned', { metadata: { ownerReferences: [...(await owners('foreign-owned')), foreign] } });
  await cluster.delete('foreign');
  await cluster.untilGone('foreign');
  expect(await cluster.object(ConfigMap, 'foreign-owned')).toBeUndefined();
});

test('[work 31] Orphan: objects stay without our owner reference', async () => {
  await deliver('orphan', ['orphaned'], ORPHAN);
  await cluster.delete('orphan');
  await cluster.untilGone('orphan');
  expect(await cluster.object(ConfigMap, 'orphaned')).toBeDefined();
  expect(await owners('orphaned')).toEqual([]);
});

test('[work 31] Orphan: also when the option comes in one breath with the deletion', async () => {
  await deliver('late-orphan', ['late-orphaned']);
  expect(await owners('late-orphaned')).toHaveLength(1);
  await cluster.patch('late-orphan', { spec: { deleteOption: ORPHAN } });
  await cluster.delete('late-orphan');
  await cluster.untilGone('late-orphan');
  expect(await cluster.object(ConfigMap, 'late-orphaned')).toBeDefined();
  expect(await owners('late-orphaned')).toEqual([]);
});

test('[work 32] SelectivelyOrphan: only the named object stays', async () => {
  const orphaningRules = [{ resource: 'configmaps', namespace, name: 'kept' }];
  await deliver('selective', ['kept', 'not-kept'], {
    propagationPolicy: 'SelectivelyOrphan',
    selectivelyOrphans: { orphaningRules },
  });
  await cluster.delete('selective');
  await cluster.untilGone('selective');
  expect(await cluster.object(ConfigMap, 'kept')).toBeDefined();
  expect(await cluster.object(ConfigMap, 'not-kept')).toBeUndefined();
});

test('[work 33] Orphan: the object of a removed manifest stays', async () => {
  await deliver('drop', ['drop-a', 'drop-b'], ORPHAN);
  await cluster.update('drop', { manifests: [aConfigMap({ name: 'drop-b', namespace })], deleteOption: ORPHAN });
  await until(async () => (await cluster.appliedWork('drop'))?.status?.appliedResources?.length === 1, {
    describe: 'drop-a is forgotten',
  });
  expect(await cluster.object(ConfigMap, 'drop-a')).toBeDefined();
});

test('[work 33] Orphan: also when option and removal come together', async () => {
  await deliver('drop-late', ['drop-c', 'drop-d']);
  await cluster.update('drop-late', { manifests: [aConfigMap({ name: 'drop-d', namespace })], deleteOption: ORPHAN });
  await until(async () => (await cluster.appliedWork('drop-late'))?.status?.appliedResources?.length === 1, {
    describe: 'drop-c is forgotten',
  });
  expect(await cluster.object(ConfigMap, 'drop-c')).toBeDefined();
  expect(await owners('drop-c')).toEqual([]);
});

test('[work 34] Orphan that is taken back: objects go with the work', async () => {
  await deliver('back', ['back-a'], ORPHAN);
  expect(await owners('back-a')).toEqual([]);
  await cluster.update('back', { manifests: [aConfigMap({ name: 'back-a', namespace })] });
  await until(async () => (await owners('back-a')).length === 1, { describe: 'it is owned again' });
  await cluster.delete('back');
  await cluster.untilGone('back');
  expect(await cluster.object(ConfigMap, 'back-a')).toBeUndefined();
});

test('[work 35] an object that somebody made anew is not deleted with the work', async () => {
  const manifests = [aConfigMap({ name: 'anew', namespace })];
  const other = await lab.newCluster();
  const agent = await other.startAgent();
  await other.create({ name: 'anew', manifests });
  await other.untilCondition('anew', 'Available', 'True');
  await until(async () => (await other.appliedWork('anew'))?.status?.appliedResources?.length === 1, {
    describe: 'it is recorded',
  });
  await agent.stop();
  await lab.admin.kind(ConfigMap).delete({ namespace, name: 'anew' }, lab);
  await lab.admin.kind(ConfigMap).create(aConfigMap({ name: 'anew', namespace }), lab);
  await other.delete('anew');
  await other.startAgent();
  await other.untilGone('anew');
  expect(await cluster.object(ConfigMap, 'anew')).toBeDefined();
});

test('[work 15] what is edited or deleted on the managed cluster comes back, and the conditions stay', async () => {
  await deliver('drift', ['drift-a', 'drift-b']);
  await cluster.untilCondition('drift', 'Available', 'True');
  const before = (await cluster.work('drift'))?.status;
  await patchObject('drift-a', { data: { key: 'edited', more: '1' } });
  await until(async () => (await cluster.object(ConfigMap, 'drift-a'))?.data?.['key'] === 'value', {
    describe: 'it is reverted',
  });
  expect((await cluster.object(ConfigMap, 'drift-a'))?.data).toEqual({ key: 'value' });
  expect((await cluster.work('drift'))?.status).toEqual(before);
  await lab.admin.kind(ConfigMap).delete({ namespace, name: 'drift-b' }, lab);
  await until(() => cluster.object(ConfigMap, 'drift-b'), { describe: 'it is made again' });
  await cluster.untilCondition('drift', 'Available', 'True');
});

test('a record that an administrator deletes is made again, and everything with it', async () => {
  await deliver('recreate', ['recreate-a']);
  const before = await cluster.appliedWork('recreate');
  await lab.admin.request({
    method: 'DELETE',
    path: `/apis/work.open-cluster-management.io/v1/appliedmanifestworks/${before?.metadata.name}`,
    signal: lab.signal,
  });
  await until(
    async () => {
      const record = await cluster.appliedWork('recreate');
      return record?.metadata.uid !== before?.metadata.uid && record?.status?.appliedResources?.length === 1;
    },
    { describe: 'there is a new record' },
  );
  expect((await owners('recreate-a')).map(({ uid }) => uid)).toEqual([
    (await cluster.appliedWork('recreate'))?.metadata.uid,
  ]);
});

// Events carry no work without manifests (cloudevents-grpc 5.2).
kubeOnly('a work that was never applied is released at once', async () => {
  await cluster.create({ name: 'never', manifests: [] });
  await until(async () => (await cluster.work('never'))?.metadata.finalizers?.length === 1, {
    describe: 'it has the finalizer',
  });
  await cluster.delete('never');
  await cluster.untilGone('never');
});
