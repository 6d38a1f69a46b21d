import { labels, type ManifestWork, type Placement, type RolloutStrategy } from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { aManifestWork, aManifestWorkReplicaSet, aPlacement, aPlacementDecision } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { deploy, type DeployContext } from './deploy.ts';

const NOW = new Date('2026-01-31T12:00:10Z');
const SECOND_AGO = '2026-01-31T12:00:09Z';
const never = new AbortController().signal;

interface Hub {
  readonly clusters: readonly string[];
  readonly works: readonly ManifestWork[];
  /** The Placement as it really is; by default as the cache has it. */
  readonly placementNow?: Placement | undefined;
  readonly strategy?: RolloutStrategy;
  readonly quietInMs?: number;
  /** What cannot be read. */
  readonly unreadable?: 'placement' | 'slices';
  /** Clusters whose works cannot be created. */
  readonly broken?: readonly string[];
}

const placement = aPlacement({ metadata: { uid: 'one' } });

/** One pass over a hub in memory; what it says, and whose works it has deleted. */
async function pass(hub: Hub) {
  const { clusters, works, strategy = { type: 'All' }, quietInMs = 0, broken = [], unreadable } = hub;
  const placementNow = 'placementNow' in hub ? hub.placementNow : placement;
  const deleted: string[] = [];
  let hasStatus = false;
  const read = (what: typeof unreadable): void => {
    if (what === unreadable) throw new Error(`${what} cannot be read`);
  };
  const slices = [aPlacementDecision({ clusters })];
  const set = aManifestWorkReplicaSet({ placements: [{ name: 'placement1', rolloutStrategy: strategy }] });
  const context = {
    clock: { now: () => NOW },
    log: silentLogger,
    spacing: { waitMs: () => 0, written: () => {} },
    events: { record: async () => {} },
    quiet: { quietInMs: () => quietInMs },
    placements: {
      cache: { get: () => placement },
      live: {
        find: async () => {
          read('placement');
          return placementNow;
        },
      },
    },
    slices: {
      cache: { by: () => slices },
      live: {
        async *list() {
          read('slices');
          yield { items: slices };
        },
      },
    },
    sets: {
      live: {
        patchStatus: async (seen: object) => {
          hasStatus = true;
          return { ...seen };
        },
      },
    },
    works: {
      owned: { byOwner: () => works },
      readOwned: async () => [],
      async create({ metadata: { namespace = '' } }: ManifestWork) {
        if (broken.includes(namespace)) throw new Error(`namespaces "${namespace}" not found`);
      },
      update: async () => false,
      async delete({ namespace }: { readonly namespace: string }) {
        deleted.push(namespace);
      },
    },
  } as unknown as DeployContext;
  const outcome = await deploy(context, set, never);
  return { outcome, deleted, hasStatus };
}

function workOn(cluster: string): ManifestWork {
  return aManifestWork({
    namespace: cluster,
    labels: { [labels.placementName]: 'placement1' },
    metadata: { generation: 1 },
    conditions: [
      { type: 'Applied', status: 'True', observedGeneration: 1 },
      { type: 'Progressing', status: 'False', observedGeneration: 1, lastTransitionTime: SECOND_AGO },
    ],
  });
}

describe('a cluster that keeps failing does not keep others waiting', () => {
  const broken = { clusters: ['a', 'b'], broken: ['b'] };
  const soaking = { type: 'Progressive', progressive: { maxConcurrency: 2, minSuccessTime: '5s' } } as const;
  test.each<[string, Hub, number]>([
    ['a deletion that is put off', { ...broken, works: [workOn('a'), workOn('gone')], quietInMs: 900 }, 900],
    ['[work 65] the end of a soak time', { ...broken, works: [workOn('a')], strategy: soaking }, 4000],
    ['the first of both', { ...broken, works: [workOn('a'), workOn('gone')], strategy: soaking, quietInMs: 900 }, 900],
    ['nothing', { ...broken, works: [workOn('a')] }, Infinity],
  ])('for %s', async (_what, hub, atMostMs) => {
    expect((await pass(hub)).outcome).toMatchObject({
      kind: 'retry',
      error: { errors: [{ message: 'namespaces "b" not found' }] },
      atMostMs,
    });
    const outcome = Number.isFinite(atMostMs) ? { kind: 'requeue', afterMs: atMostMs } : { kind: 'done' };
    expect((await pass({ ...hub, broken: [] })).outcome).toEqual(outcome);
  });
});

describe('works on clusters that are not chosen any more', () => {
  const hub = { clusters: ['a'], works: [workOn('a'), workOn('gone')] };
  test('are deleted', async () => {
    expect((await pass(hub)).deleted).toEqual(['gone']);
  });

  test.each([
    ['is gone', undefined],
    ['is another one of that name', aPlacement({ metadata: { uid: 'other' } })],
    ['is being deleted', aPlacement({ metadata: { uid: 'one', deletionTimestamp: SECOND_AGO } })],
  ])('stay when the Placement %s, which the cache does not know yet', async (_what, placementNow) => {
    expect(await pass({ ...hub, clusters: [], placementNow })).toMatchObject({
      deleted: [],
      outcome: { kind: 'done' },
    });
  });

  test.each(['placement', 'slices'] as const)(
    'stay when it cannot be found out, and the status is written nevertheless: no %s',
    async (unreadable) => {
      const { outcome, deleted, hasStatus } = await pass({ ...hub, clusters: ['a', 'b'], broken: ['b'], unreadable });
      expect(deleted).toEqual([]);
      expect(hasStatus).toBe(true);
      expect(outcome).toMatchObject({
        kind: 'retry',
        error: { errors: [{ message: 'namespaces "b" not found' }, { message: `${unreadable} cannot be read` }] },
      });
    },
  );
});
