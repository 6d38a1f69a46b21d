import { expect, test } from '@jest/globals';
import type { KubeObject, ManifestWorkSpec, UpdateStrategy } from '@ocm/api';
import { KubeError, silentLogger, systemClock } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { parseManifest, resolveManifest, type ResolvedManifest } from '../manifest/resolve-manifest.ts';
import { KnownObjects } from '../objects/known-objects.ts';
import { ABSENT } from '../objects/observation.ts';
import { applyManifests, type PassTools } from './apply-manifests.ts';
import { Fights } from './fights.ts';
import type { ApplyOutcome } from './manifest-result.ts';

const refuse = (): Promise<never> => Promise.reject(new Error('nobody should ask for this'));

function configMap(data: object): ResolvedManifest {
  const parsed = parseManifest(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'test', namespace: 'default' }, data },
    0,
  );
  if (parsed.kind !== 'parsed') throw parsed.error;
  const resource = { ...parsed.gvk, plural: 'configmaps', namespaced: true };
  const manifest = resolveManifest(parsed, { kind: 'served', resource });
  if (manifest.kind !== 'resolved') throw manifest.error;
  return manifest;
}

/** Applies one manifest to a managed cluster that answers like this. */
async function pass(
  manifest: ResolvedManifest,
  { resource, strategy, ...spec }: ManifestWorkSpec & { resource: object; strategy: UpdateStrategy },
): Promise<ApplyOutcome | undefined> {
  const resourceIdentifier = { resource: 'configmaps', namespace: 'default', name: 'test' };
  const manifestConfigs = [{ resourceIdentifier, updateStrategy: strategy }];
  const tools = {
    spoke: { kind: () => resource },
    known: new KnownObjects(),
    reader: { watched: () => undefined, read: () => Promise.resolve(ABSENT) },
    jq: { evaluate: refuse },
    executorCache: undefined,
    fights: new Fights({ resyncMs: 1000 }),
    rivalWorks: () => [],
    clock: systemClock,
    log: silentLogger,
    random: () => 0,
    intervals: { conflictRetryMs: 0 },
  } as unknown as PassTools;
  const work = { metadata: { name: 'w' }, spec: { ...spec, manifestConfigs } };
  const appliedWork = { metadata: { name: 'hash-w', uid: 'u' } };
  const [result] = await applyManifests(
    { work, appliedWork, manifests: [manifest] },
    tools,
    new AbortController().signal,
  );
  return result?.outcome;
}

test.each([
  ['Apply failed with 1 conflict: conflict with "autoscaler": .data.a', 'field-conflict', 1],
  ['the object has been modified; please apply your changes to the latest version', 'conflict', 4],
])('server-side apply refused with "%s" is a %s after %d attempts', async (message, kind, attempts) => {
  let count = 0;
  const apply = (): Promise<never> => {
    count += 1;
    return Promise.reject(new KubeError(message, { code: 'conflict' }));
  };
  const outcome = await pass(configMap({ a: '1' }), { resource: { apply }, strategy: { type: 'ServerSideApply' } });
  expect([outcome?.kind, count]).toEqual([kind, attempts]);
});

test('the config spec hash is that of the manifest without ignored fields, and goes with all fields to a new object', async () => {
  let stored: AnyObject | undefined;
  const resource = {
    find: () => Promise.resolve(stored),
    apply: (object: AnyObject) => Promise.resolve((stored = object)),
    patchMetadata: (object: KubeObject) => Promise.resolve(object),
  };
  const ignoreFields = [{ condition: 'OnSpokePresent', jsonPaths: ['.data.theirs'] }] as const;
  const strategy = { type: 'ServerSideApply', serverSideApply: { ignoreFields } } as const;
  await pass(configMap({ foo1: 'bar1', theirs: '1' }), { resource, strategy });
  expect(stored).toMatchObject({
    metadata: { annotations: { 'open-cluster-management.io/config-spec-hash': '4c07ba481d04e9c38e5ed3bf24139537' } },
    data: { foo1: 'bar1', theirs: '1' },
  });
});

test('a manifest that is only read is applied though its object is missing, but not when its executor may not', async () => {
  const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'n', name: 'a' } } } as const;
  const strategy = { type: 'ReadOnly' } as const;
  const denying = { create: () => Promise.resolve({ metadata: { name: '' }, status: { allowed: false } }) };
  expect((await pass(configMap({}), { resource: {}, strategy }))?.kind).toBe('applied');
  expect((await pass(configMap({}), { resource: denying, strategy, executor }))?.kind).toBe('denied');
});
