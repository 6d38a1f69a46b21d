import { finalizers } from '@ocm/api';
import { aConfigMap, until, type WriteCut } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ManagerLab, startManagerLab } from './manager-lab.ts';
import { manifestOf, ROLLED_OUT, SUCCEEDED, type Tenant, toOther, VERIFIED } from './manager-tenant.ts';

// The manager loses its API server after the n-th write and is replaced by another one, for every n: all must come to the same end.

/** More writes than any sequence needs; the runs end when a sequence was not cut. */
const MOST_WRITES = 25;

let lab: ManagerLab;

beforeAll(async () => {
  lab = await startManagerLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

interface Sequence {
  /** Brings the tenant to where the sequence starts, with a manager running. */
  readonly prepare: (t: Tenant) => Promise<void>;
  readonly begin: (t: Tenant) => Promise<void>;
  /** Throws until the end is reached. */
  readonly isDone: (t: Tenant) => Promise<void>;
}

/** Cuts the sequence after each write in turn, now with the answer delivered and then with it lost. Returns how many writes it has. */
async function cutEverywhere({ prepare, begin, isDone }: Sequence): Promise<number> {
  for (let writes = 1; writes <= MOST_WRITES; writes += 1) {
    const t = await lab.newTenant(3);
    await withManager(() => prepare(t));
    const cut = lab.proxy.cutAfterWrites({
      afterWrites: writes,
      answer: writes % 2 === 0 ? 'lost' : 'delivered',
      when: { userAgent: /^work-manager/ },
    });
    const manager = await lab.startManager();
    await begin(t);
    const wasDone = await until(() => stateOf(cut, () => isDone(t)), { describe: `write ${writes} or the end` });
    await manager.stop();
    cut.restore();
    if (wasDone === 'done') return writes - 1;
    await withManager(() =>
      until(() => succeeds(() => isDone(t)), { describe: `write ${writes}: the successor is done` }),
    );
    // It stays so.
    await isDone(t);
  }
  throw new Error(`the sequence has more than ${MOST_WRITES} writes`);
}

async function stateOf(cut: WriteCut, isDone: () => Promise<void>): Promise<'cut' | 'done' | undefined> {
  if (cut.isCut) return 'cut';
  const isAtEnd = await isDone().then(
    () => true,
    () => false,
  );
  // The last write may be the one after which it was cut.
  return isAtEnd && !cut.isCut ? 'done' : undefined;
}

async function succeeds(isDone: () => Promise<void>): Promise<boolean> {
  await isDone();
  return true;
}

async function withManager(act: () => Promise<unknown>): Promise<void> {
  await using _manager = await lab.startManager({ direct: true });
  await act();
}

interface Deployed {
  readonly available: number;
  readonly rolledOut: 'True' | 'False';
}

/** Every cluster has exactly one work with the manifest, and the status says what agents reported. */
async function isDeployed(t: Tenant, manifest: string, { available, rolledOut }: Deployed): Promise<void> {
  const works = await t.works();
  expect(works.map(({ metadata }) => metadata.namespace)).toEqual(t.clusters);
  expect(works.map(manifestOf)).toEqual(t.clusters.map(() => manifest));
  expect(works.map(({ metadata }) => metadata.deletionTimestamp)).toEqual(t.clusters.map(() => undefined));
  const set = await t.find();
  expect(set?.metadata.finalizers).toEqual([finalizers.replicaSet]);
  expect(set?.status?.summary).toMatchObject({ total: 3, available });
  const placementVerified = await t.condition(VERIFIED);
  const placementRolledOut = await t.condition(ROLLED_OUT);
  expect([placementVerified?.status, placementRolledOut?.status]).toEqual(['True', rolledOut]);
}

const MANIFEST = aConfigMap().metadata.name;

async function deployed(t: Tenant): Promise<void> {
  await t.place([t.clusters]);
  await t.create();
  await t.untilWorksOn(t.clusters);
  await t.report(t.clusters, SUCCEEDED);
  await until(() => succeeds(() => isDeployed(t, MANIFEST, { available: 3, rolledOut: 'True' })), {
    describe: 'deployed',
  });
}

describe('a manager that dies after any of its writes leaves a replica set that its successor brings to the same end', () => {
  test('on creation', async () => {
    const writes = await cutEverywhere({
      prepare: async (t) => t.place([t.clusters]),
      begin: async (t) => void (await t.create()),
      isDone: (t) => isDeployed(t, MANIFEST, { available: 0, rolledOut: 'False' }),
    });
    // The finalizer, three works, a status.
    expect(writes).toBeGreaterThanOrEqual(5);
  });

  test('on a new template', async () => {
    const writes = await cutEverywhere({
      prepare: deployed,
      begin: (t) => t.patch(toOther),
      isDone: (t) => isDeployed(t, 'other', { available: 3, rolledOut: 'False' }),
    });
    expect(writes).toBeGreaterThanOrEqual(4);
  });

  test('on another choice of clusters', async () => {
    const writes = await cutEverywhere({
      prepare: async (t) => {
        await t.place([t.first(2)]);
        await t.create();
        await t.untilSummary({ total: 2 });
      },
      begin: (t) => t.place([t.clusters.slice(1)]),
      async isDone(t) {
        expect((await t.works()).map(({ metadata }) => metadata.namespace)).toEqual(t.clusters.slice(1));
        const { summary, placementSummary } = (await t.find())?.status ?? {};
        expect(summary).toMatchObject({ total: 2 });
        expect(placementSummary?.[0]?.availableDecisionGroups).toBe('1 (2 / 2 clusters applied)');
      },
    });
    expect(writes).toBeGreaterThanOrEqual(2);
  });

  test.each(['Background', 'Foreground'] as const)('on %s deletion', async (cascadeDeletionPolicy) => {
    const writes = await cutEverywhere({
      prepare: async (t) => {
        await t.place([t.clusters]);
        await t.create({ cascadeDeletionPolicy });
        await t.untilSummary({ total: 3 });
      },
      begin: (t) => t.delete(),
      async isDone(t) {
        expect(await t.find()).toBeUndefined();
        expect(await t.works()).toEqual([]);
      },
    });
    // Three works, the finalizer.
    expect(writes).toBeGreaterThanOrEqual(4);
  });
});
