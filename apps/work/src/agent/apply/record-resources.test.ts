import { expect, test } from '@jest/globals';
import { silentLogger } from '@ocm/kube';
import { parseManifest, resolveManifest } from '../manifest/resolve-manifest.ts';
import { KnownObjects } from '../objects/known-objects.ts';
import { UNKNOWN } from '../objects/observation.ts';
import type { Sighting } from '../status/sighting.ts';
import type { ManifestResult } from './manifest-result.ts';
import { recordResources, type RecordTools } from './record-resources.ts';

const KIND = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const work = { metadata: { name: 'w', uid: 'u', generation: 2 } };
const entry = (name: string) => ({ group: '', version: 'v1', resource: 'configmaps', namespace: 'n', name, uid: name });
const appliedWork = {
  metadata: { name: 'hash-w', uid: 'ours' },
  status: { appliedResources: [entry('old'), entry('kept')] },
};

function result(ordinal: number, name: string, isServed = true): ManifestResult {
  const parsed = parseManifest({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n' } }, ordinal);
  if (parsed.kind !== 'parsed') throw parsed.error;
  const manifest = resolveManifest(parsed, isServed ? { kind: 'served', resource: KIND } : { kind: 'unknown' });
  return { manifest, outcome: { kind: 'applied', observation: UNKNOWN } };
}

/** Records what a pass has seen, on a managed cluster with the given owners of every object; tells what was deleted. */
async function record(results: readonly ManifestResult[], sightings: readonly Sighting[]) {
  const deleted: string[] = [];
  const ownerReferences = [{ apiVersion: 'work.open-cluster-management.io/v1', kind: 'AppliedManifestWork', name: 'hash-w', uid: 'ours' }]; // prettier-ignore
  const objects = {
    metadata: () => objects,
    find: ({ name }: { name: string }) => Promise.resolve({ metadata: { name, uid: name, ownerReferences } }),
    delete: ({ name }: { name: string }) => {
      deleted.push(name);
      return Promise.resolve('accepted');
    },
  };
  const tools = {
    spoke: { kind: () => objects },
    source: { read: () => Promise.resolve(work) },
    known: new KnownObjects(),
    reader: { watched: () => undefined },
    log: silentLogger,
  } as unknown as RecordTools;
  const recorded = await recordResources(
    { work, appliedWork, results, sightings },
    tools,
    new AbortController().signal,
  );
  return { recorded, deleted };
}

const present = (uid: string): Sighting => ({ kind: 'present', uid });

test('what no manifest stands for any more is deleted, and recorded until it is gone', async () => {
  const { recorded, deleted } = await record([result(0, 'kept')], [present('kept')]);
  expect(deleted).toEqual(['old']);
  expect(recorded).toMatchObject({ kind: 'recorded', resources: [entry('kept'), entry('old')], isPending: true });
});

test.each<[string, ManifestResult, Sighting]>([
  ['is of an unknown kind', result(1, 'other', false), { kind: 'incomplete' }],
  ['has an object that cannot be read', result(1, 'other'), { kind: 'unreadable', error: new Error('no answer') }],
])('nothing is deleted or recorded while a manifest %s', async (_what, other, sighting) => {
  const { recorded, deleted } = await record([result(0, 'kept'), other], [present('kept'), sighting]);
  expect(deleted).toEqual([]);
  expect(recorded.kind).toBe('unknown');
});
