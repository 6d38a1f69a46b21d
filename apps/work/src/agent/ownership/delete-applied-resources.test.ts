import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@ocm/api';
import { KubeError, silentLogger } from '@ocm/kube';
import { idOf } from '../manifest/resource-id.ts';
import { type KnownObject, KnownObjects } from '../objects/known-objects.ts';
import type { WatchedObject } from '../objects/object-reader.ts';
import { deleteAppliedResources, type DeletionTools } from './delete-applied-resources.ts';

const recorded = { group: '', version: 'v1', resource: 'configmaps', namespace: 'n', name: 'a', uid: 'first' };
const appliedWork = { metadata: { name: 'hash-w', uid: 'ours' } };
const owner = { apiVersion: 'work.open-cluster-management.io/v1', kind: 'AppliedManifestWork', name: 'hash-w', uid: 'ours' }; // prettier-ignore
const object = (uid: string): KubeObject => ({
  metadata: { namespace: 'n', name: 'a', uid, resourceVersion: `version-of-${uid}`, ownerReferences: [owner] },
});

/** As a watch has an object, in the version that the agent left it in. */
const watchedAs = (uid: string): WatchedObject => ({
  uid,
  resourceVersion: `version-of-${uid}`,
  content: `version-of-${uid}`,
});

/** A managed cluster with one object; whoever deletes it does not wait for its dependents, as garbage collection is not at work. */
function spokeWith(
  live: { object: KubeObject | undefined },
  {
    onRead = () => {},
    isHeld = false,
    watched,
    onPatch = () => {},
  }: {
    readonly onRead?: () => void;
    readonly isHeld?: boolean;
    readonly watched?: WatchedObject;
    readonly onPatch?: (change: object) => void;
  },
): DeletionTools {
  const objects = {
    metadata: () => objects,
    find: () => {
      const seen = live.object;
      onRead();
      return Promise.resolve(seen);
    },
    patchMetadata: (_seen: object, change: object) => Promise.resolve(onPatch(change)),
    delete: (_ref: object, { uid, resourceVersion, propagation }: Record<string, string | undefined>) => {
      const { metadata } = live.object ?? {};
      const isOther = uid !== metadata?.uid || resourceVersion !== metadata?.resourceVersion;
      if (isOther) return Promise.reject(new KubeError('the UID in the precondition differs', { code: 'conflict' }));
      if (isHeld || propagation !== 'Background') return Promise.resolve('accepted');
      live.object = undefined;
      return Promise.resolve('gone');
    },
  };
  const reader = { watched: () => watched };
  const known = new KnownObjects();
  return { spoke: { kind: () => objects }, known, reader, log: silentLogger } as unknown as DeletionTools;
}

/** The agent has left the object as it was at first. */
function left({ known }: DeletionTools, soleOwner: string | undefined): void {
  known.applied(idOf(recorded), object('first'), {
    fingerprint: 'f',
    seenMs: 0,
    ...(soleOwner === undefined ? {} : { soleOwner }),
  });
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

describe('an object of which the agent knows how it has left it', () => {
  test.each<[string, WatchedObject | undefined, Pick<KnownObject, 'soleOwner'> & { readonly reads: number }]>([
    ['nobody has touched it', watchedAs('first'), { soleOwner: 'ours', reads: 0 }],
    [
      'only its status has changed',
      { ...watchedAs('first'), resourceVersion: 'later' },
      { soleOwner: 'ours', reads: 0 },
    ],
    ['its content has changed', { ...watchedAs('first'), content: 'another' }, { soleOwner: 'ours', reads: 1 }],
    ['it was made anew', watchedAs('second'), { soleOwner: 'ours', reads: 1 }],
    ['no watch tells of it', undefined, { soleOwner: 'ours', reads: 1 }],
    ['another work owns it', watchedAs('first'), { soleOwner: 'theirs', reads: 1 }],
    ['it has several owners, or none', watchedAs('first'), { soleOwner: undefined, reads: 1 }],
  ])('when %s', async (_what, watched, { soleOwner, reads: expectedReads }) => {
    const version = watched?.resourceVersion === 'later' ? 'later' : 'version-of-first';
    const live = {
      object: { metadata: { ...object('first').metadata, resourceVersion: version } } as KubeObject | undefined,
    };
    let reads = 0;
    const tools = spokeWith(live, { onRead: () => (reads += 1), ...(watched === undefined ? {} : { watched }) });
    left(tools, soleOwner);
    expect(await deleteAppliedResources(deletion, tools, signal)).toEqual({ pending: [], errors: [] });
    expect([reads, live.object]).toEqual([expectedReads, undefined]);
  });

  test('is judged as it is now when it has changed before the watch told so', async () => {
    const shared = { ...object('first').metadata, resourceVersion: 'shared', ownerReferences: [owner, { ...owner, name: 'hash-v', uid: 'theirs' }] }; // prettier-ignore
    const live = { object: { metadata: shared } as KubeObject | undefined };
    const released: object[] = [];
    const tools = spokeWith(live, { watched: watchedAs('first'), onPatch: (change) => released.push(change) });
    left(tools, 'ours');
    expect(await deleteAppliedResources(deletion, tools, signal)).toEqual({ pending: [], errors: [] });
    expect([released, live.object?.metadata.uid]).toEqual([[{ ownerReferences: [{ ...owner, name: 'hash-v', uid: 'theirs' }] }], 'first']); // prettier-ignore
  });
});
