import { expect, test } from '@jest/globals';
import type { ManagedCluster } from '@ocm/api';
import { KubeError, type KubeErrorCode, type Outcome, silentLogger } from '@ocm/kube';
import { aCluster } from '@ocm/testing';
import { clusterCreatingController } from './cluster-creating-controller.ts';

const { signal } = new AbortController();
const RESYNC_MS = 3_600_000;
const REFUSED_MS = 30_000;

type Verb = 'find' | 'create' | 'replace';

/** One pass over a hub that has the cluster, without the address that the agent would add, or has it not, and refuses one verb. */
async function reconcile(
  live: ManagedCluster | undefined,
  verb: Verb,
  details: KubeErrorCode | { readonly code: KubeErrorCode; readonly status: number },
): Promise<Outcome> {
  const answer = <T>(asked: Verb, object: T): Promise<T> =>
    asked === verb
      ? Promise.reject(new KubeError(`${verb} is refused`, typeof details === 'string' ? { code: details } : details))
      : Promise.resolve(object);
  const controller = clusterCreatingController({
    clusters: {
      find: () => answer('find', live),
      create: () => answer('create', aCluster()),
      replace: () => answer('replace', aCluster()),
    },
    template: {
      name: 'c1',
      annotations: {},
      externalServerUrls: ['https://c1.example:6443'],
      caBundle: undefined,
      decorate: (cluster) => cluster,
    },
    intervals: { clusterCreationResyncMs: RESYNC_MS, bootstrapRefusedMs: REFUSED_MS },
    random: () => 0.5,
    log: silentLogger,
  });
  return controller.reconcile('c1', signal);
}

test.each(['forbidden', 'unauthorized'] as const)(
  'a bootstrap identity that may not update (%s) leaves the cluster as it is',
  async (code) => {
    const outcome = { kind: 'requeue', afterMs: 1.5 * RESYNC_MS };
    await expect(reconcile(aCluster({ name: 'c1' }), 'replace', code)).resolves.toEqual(outcome);
  },
);

test.each([
  { verb: 'find', code: 'forbidden' },
  { verb: 'find', code: 'unauthorized' },
  { verb: 'create', code: 'forbidden' },
  { verb: 'create', code: 'unauthorized' },
] as const)('one that may not $verb ($code) tries again when somebody may have helped', async ({ verb, code }) => {
  await expect(reconcile(undefined, verb, code)).resolves.toEqual({ kind: 'requeue', afterMs: REFUSED_MS });
});

test('a cluster that somebody else made meanwhile is looked at', async () => {
  await expect(reconcile(undefined, 'create', 'exists')).resolves.toEqual({ kind: 'requeue', afterMs: 0 });
});

test.each([
  { verb: 'find', code: 'unavailable' },
  { verb: 'create', code: 'invalid' },
  { verb: 'create', code: 'bad-request' },
] as const)('any other failure to $verb ($code) is one', async ({ verb, code }) => {
  await expect(reconcile(undefined, verb, code)).rejects.toThrow(`${verb} is refused`);
});

test('where clusters cannot be updated (405 over gRPC), it stays as it is', async () => {
  const outcome = { kind: 'requeue', afterMs: 1.5 * RESYNC_MS };
  await expect(reconcile(aCluster({ name: 'c1' }), 'replace', { code: 'bad-request', status: 405 })).resolves.toEqual(
    outcome,
  );
});
