import { expect, test } from '@jest/globals';
import type { KubeObject } from '@ocm/api';
import { KubeError, silentLogger } from '@ocm/kube';
import { KnownObjects } from '../objects/known-objects.ts';
import { deleteAppliedResources, type DeletionTools } from './delete-applied-resources.ts';

const recorded = { group: '', version: 'v1', resource: 'configmaps', namespace: 'n', name: 'a', uid: 'first' };
const appliedWork = { metadata: { name: 'hash-w', uid: 'ours' } };
const owner = { apiVersion: 'work.open-cluster-management.io/v1', kind: 'AppliedManifestWork', name: 'hash-w', uid: 'ours' }; // prettier-ignore
const object = (uid: string): KubeObject => ({
  metadata: { namespace: 'n', name: 'a', uid, resourceVersion: `version-of-${uid}`, ownerReferences: [owner] },
});

/** A managed cluster with one object; whoever deletes it does not wait for its dependents, as garbage collection is not at work. */
function spokeWith(
  live: { object: KubeObject | undefined },
  { onRead = () => {}, isHeld = false }: { readonly onRead?: () => void; readonly isHeld?: boolean },
): DeletionTools {
  const objects = {
    metadata: () => objects,
    find: () => {
      const seen = live.object;
      onRead();
      return Promise.resolve(seen);
    },
    delete: (_ref: object, { uid, propagation }: { uid?: string; propagation?: string }) => {
      const isOther = uid !== undefined && uid !== live.object?.metadata.uid;
      if (isOther) return Promise.reject(new KubeError('the UID in the precondition differs', { code: 'conflict' }));
      if (isHeld || propagation !== 'Background') return Promise.resolve('accepted');
      live.object = undefined;
      return Promise.resolve('gone');
    },
  };
  return { spoke: { kind: () => objects }, known: new KnownObjects(), log: silentLogger } as unknown as DeletionTools;
}

const deletion = { resources: [recorded], appliedWork, isOrphaned: () => false };
const { signal } = new AbortController();

test('an object goes without waiting for its dependents, and is forgotten at once when it is gone at once', async () => {
  const live = { object: object('first') as KubeObject | undefined };
  const result = await deleteAppliedResources(deletion, spokeWith(live, {}), signal);
  expect([result, live.object]).toEqual([{ pending: [], errors: [] }, undefined]);
});

test('an object that something holds is looked at until it is gone', async () => {
  const live = { object: object('first') as KubeObject | undefined };
  const tools = spokeWith(live, { isHeld: true });
  expect(await deleteAppliedResources(deletion, tools, signal)).toEqual({ pending: [recorded], errors: [] });
  live.object = undefined;
  expect(await deleteAppliedResources(deletion, tools, signal)).toEqual({ pending: [], errors: [] });
});

test('an object that is made anew between look and deletion stays, and is forgotten at the next look', async () => {
  const live = { object: object('first') as KubeObject | undefined };
  const remake = (): void => {
    if (live.object?.metadata.uid === 'first') live.object = object('second');
  };
  const tools = spokeWith(live, { onRead: remake });
  await deleteAppliedResources(deletion, tools, signal);
  expect(await deleteAppliedResources(deletion, tools, signal)).toEqual({ pending: [], errors: [] });
  expect(live.object).toEqual(object('second'));
});
