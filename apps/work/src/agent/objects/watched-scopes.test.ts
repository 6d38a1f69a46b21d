import { expect, test } from '@jest/globals';
import { type KubeClient, silentLogger, systemClock } from '@ocm/kube';
import { planWatches, type TypeUse } from './plan-watches.ts';
import { WatchedScopes } from './watched-scopes.ts';

const LIMITS = { namespaces: 2, watches: 10 };
const use = (resource: string, ...namespaces: readonly string[]): TypeUse => ({
  sample: { group: '', version: 'v1', resource },
  byNamespace: new Map(namespaces.map((namespace) => [namespace, { objects: 1, reported: 0 }])),
});
const inNamespace = (resource: string, namespace: string) => ({ group: '', resource, namespace, name: 'x' });

/** Scopes on an API server that never answers; `asked` counts the questions, `open` those that still wait. */
function setUp() {
  const counts = { asked: 0, open: 0 };
  const wait = (_object: unknown, { signal }: { readonly signal: AbortSignal }) => {
    counts.asked += 1;
    counts.open += 1;
    return new Promise((_resolve, reject) => {
      const stop = (): void => {
        counts.open -= 1;
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  };
  const spoke = { kind: () => ({ create: wait }) } as unknown as Pick<KubeClient, 'kind'>;
  const scopes = new WatchedScopes({
    spoke,
    isWanted: () => true,
    onEvent: () => {},
    onSynced: () => {},
    foreignEventsPerMinute: 1,
    clock: systemClock,
    log: silentLogger,
  });
  return { counts, scopes };
}

test('exactly what is planned is watched, and what stays planned is not begun anew', async () => {
  const { counts, scopes } = setUp();
  scopes.watch(planWatches([use('configmaps', 'a', 'b'), use('secrets', 'a')], LIMITS));
  expect(counts).toEqual({ asked: 3, open: 3 });
  scopes.watch(planWatches([use('configmaps', 'a'), use('pods', 'a')], LIMITS));
  expect(counts).toEqual({ asked: 4, open: 2 });
  const modes = ['configmaps', 'secrets', 'pods'].map((resource) => scopes.modeOf(inNamespace(resource, 'a')));
  expect(modes).toEqual(['starting', undefined, 'starting']);
  await scopes.stop();
});

test('what is listed in another version from now on is watched in that', async () => {
  const { counts, scopes } = setUp();
  const before = use('configmaps', 'a');
  scopes.watch(planWatches([before], LIMITS));
  scopes.watch(planWatches([{ ...before, sample: { ...before.sample, version: 'v2' } }], LIMITS));
  expect(counts).toEqual({ asked: 2, open: 1 });
  expect(scopes.modeOf(inNamespace('configmaps', 'a'))).toBe('starting');
  await scopes.stop();
});

test('a scope of all namespaces stands for each of them', async () => {
  const { scopes } = setUp();
  scopes.watch(planWatches([use('configmaps', 'a', 'b', 'c')], LIMITS));
  expect(scopes.modeOf(inNamespace('configmaps', 'b'))).toBe('starting');
  await scopes.stop();
});

test('a scope that is not watched yet tells nothing, and is not listed anew', async () => {
  const { counts, scopes } = setUp();
  scopes.watch(planWatches([use('configmaps', 'a')], LIMITS));
  expect(scopes.find(inNamespace('configmaps', 'a'))).toBeUndefined();
  scopes.relist('/configmaps/a');
  scopes.relist('/configmaps/unheard');
  expect(counts.asked).toBe(1);
  await scopes.stop();
});

test('stop ends everything that runs', async () => {
  const { counts, scopes } = setUp();
  scopes.watch(planWatches([use('configmaps', 'a', 'b')], LIMITS));
  await scopes.stop();
  expect(counts.open).toBe(0);
});
