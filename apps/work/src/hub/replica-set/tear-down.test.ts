import { finalizers, type ManifestWork } from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { aManifestWork, aManifestWorkReplicaSet } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { tearDown } from './tear-down.ts';

const never = new AbortController().signal;

/** One pass over a set that is being deleted, with these works; what it says, and the finalizers that are left. */
async function pass(cascadeDeletionPolicy: 'Background' | 'Foreground', works: readonly ManifestWork[]) {
  const set = aManifestWorkReplicaSet({
    cascadeDeletionPolicy,
    finalizers: [finalizers.replicaSet],
    metadata: { deletionTimestamp: '2026-01-31T12:00:00Z' },
  });
  let left = set.metadata.finalizers;
  const context = {
    log: silentLogger,
    works: { readOwned: async () => works, delete: async () => {} },
    sets: {
      live: {
        find: async () => set,
        async patchMetadata(_set: object, patch: { readonly finalizers: readonly string[] }) {
          left = patch.finalizers;
        },
      },
    },
  } as unknown as Parameters<typeof tearDown>[0];
  return { outcome: await tearDown(context, set, never), left };
}

test('Foreground looks again after a minute while there are works: one that no cache has seen tells nobody of its end', async () => {
  expect(await pass('Foreground', [aManifestWork()])).toEqual({
    outcome: { kind: 'requeue', afterMs: 60_000 },
    left: [finalizers.replicaSet],
  });
});

test.each([
  ['Foreground', []],
  ['Background', [aManifestWork()]],
] as const)('%s lets the set go with %j', async (policy, works) => {
  expect(await pass(policy, works)).toEqual({ outcome: { kind: 'done' }, left: [] });
});
