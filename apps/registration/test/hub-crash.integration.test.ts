import { clusterLeaseName, findCondition, labels, Lease, ManagedCluster, ManagedClusterSet, Namespace } from '@ocm/api';
import { aClusterSet, type FaultProxy, startFaultProxy, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClusterActor, clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

// The hub loses its API server after the n-th write and is replaced by another one, for every n: both must come to the same end.

const HUB_ACCEPTED = 'HubAcceptedManagedCluster';
const QUICK = { worksRecheckMs: 50, cleanupRecheckMs: 50, setCountIntervalMs: 50 } as const;
/** More writes than any sequence needs; the runs end when a sequence was not cut. */
const MOST_WRITES = 25;
/** Of one sequence, in which some thirty hubs start one after the other. */
const LONGEST_MS = 180_000;

let lab: HubLab;
let proxy: FaultProxy;

beforeAll(async () => {
  lab = await startHubLab();
  proxy = await startFaultProxy({ controlPlane: lab.controlPlane });
  // The common ClusterRoles exist before and after.
  await using _hub = await lab.startHub();
  await clusterActor(lab, 'resident').createAccepted();
});
afterAll(async () => {
  await proxy.close();
  await lab[Symbol.asyncDispose]();
});

interface Sequence {
  /** Brings the cluster to where the sequence starts, with a hub running. */
  readonly prepare: (cluster: ClusterActor) => Promise<void>;
  readonly begin: (cluster: ClusterActor) => Promise<void>;
  /** Throws or is false until the end is reached. */
  readonly isDone: (cluster: ClusterActor) => Promise<boolean>;
}

/** Cuts the sequence after each write in turn, once with the answer delivered and once with it lost. Returns how many writes it has. */
async function cutEverywhere(prefix: string, sequence: Sequence): Promise<number> {
  for (let writes = 1; writes <= MOST_WRITES; writes += 1) {
    const answer = writes % 2 === 0 ? 'lost' : 'delivered';
    const cluster = clusterActor(lab, `${prefix}-${writes}`);
    await withHub(() => sequence.prepare(cluster));
    const cut = proxy.cutAfterWrites({ afterWrites: writes, answer });
    const hub = await lab.startHub({ via: { server: proxy.url }, ...QUICK });
    await sequence.begin(cluster);
    const wasDone = await until(
      async () => {
        const hasEnded = await isDone(sequence, cluster);
        // Only afterwards: the write that is counted last may be the one that ends it.
        return cut.isCut ? 'cut' : hasEnded && 'done';
      },
      { describe: `${cluster.name}: write ${writes} or the end` },
    );
    await hub.stop();
    cut.restore();
    if (wasDone === 'done') return writes - 1;
    await withHub(() =>
      until(() => sequence.isDone(cluster), { describe: `${cluster.name}: the successor comes to the end` }),
    );
  }
  throw new Error(`${prefix} has more than ${MOST_WRITES} writes`);
}

async function withHub(work: () => Promise<unknown>): Promise<void> {
  await using _hub = await lab.startHub(QUICK);
  await work();
}

async function isAccepted(cluster: ClusterActor): Promise<boolean> {
  expect(await cluster.condition(HUB_ACCEPTED)).toMatchObject({ status: 'True' });
  expect((await cluster.find())?.metadata.finalizers).toHaveLength(2);
  const { role, binding, registration, work } = await cluster.permissions();
  expect(role?.rules).toHaveLength(4);
  expect([binding?.subjects?.length, registration?.subjects?.length, work?.subjects?.length]).toEqual([2, 2, 2]);
  expect([registration, work].map((each) => each?.metadata.deletionTimestamp)).toEqual([undefined, undefined]);
  const lease = { namespace: cluster.name, name: clusterLeaseName };
  expect(await lab.admin.kind(Lease).find(lease, { signal: lab.signal })).toBeDefined();
  const namespace = await lab.admin.kind(Namespace).get(cluster.name, { signal: lab.signal });
  expect(namespace.metadata.labels).toMatchObject({ 'open-cluster-management.io/cluster-name': cluster.name });
  return true;
}

const isDone = (sequence: Sequence, cluster: ClusterActor): Promise<boolean> =>
  sequence.isDone(cluster).catch(() => false);

describe('a hub that dies between any two writes leaves a cluster that its successor brings to the same end', () => {
  test(
    'on acceptance',
    async () => {
      const writes = await cutEverywhere('accept', {
        prepare: async (cluster) => {
          await cluster.create();
          await until(async () => ((await cluster.find())?.spec?.taints ?? []).length > 0, { describe: 'tainted' });
        },
        begin: (cluster) => cluster.accept(),
        isDone: isAccepted,
      });
      expect(writes).toBeGreaterThanOrEqual(7);
    },
    LONGEST_MS,
  );

  test(
    'on denial',
    async () => {
      const writes = await cutEverywhere('deny', {
        prepare: (cluster) => cluster.createAccepted(),
        begin: (cluster) => cluster.deny(),
        async isDone(cluster) {
          expect(await cluster.condition(HUB_ACCEPTED)).toMatchObject({ reason: 'HubClusterAdminDenied' });
          const { role, binding, registration, work } = await cluster.permissions();
          expect([role?.rules?.length, binding?.subjects?.length]).toEqual([1, 2]);
          expect([registration, work]).toEqual([undefined, undefined]);
          return true;
        },
      });
      expect(writes).toBeGreaterThanOrEqual(5);
    },
    LONGEST_MS,
  );

  test(
    'on deletion',
    async () => {
      const writes = await cutEverywhere('delete', {
        prepare: (cluster) => cluster.createAccepted(),
        begin: (cluster) => cluster.delete(),
        async isDone(cluster) {
          expect(await cluster.find()).toBeUndefined();
          expect(Object.values(await cluster.permissions())).toEqual([undefined, undefined, undefined, undefined]);
          return true;
        },
      });
      expect(writes).toBeGreaterThanOrEqual(6);
    },
    LONGEST_MS,
  );

  test(
    'on a move from one set to another',
    async () => {
      const writes = await cutEverywhere('move', {
        async prepare(cluster) {
          await cluster.create();
          for (const [side, name] of Object.entries(sidesOf(cluster))) {
            const set = aClusterSet({ name, managedNamespaces: [`in-${side}`] });
            await lab.admin.kind(ManagedClusterSet).create(set, { signal: lab.signal });
          }
          await putInto(cluster, 'from');
          await until(() => isIn(cluster, 'from'), { describe: `${cluster.name} is in its first set` });
        },
        begin: (cluster) => putInto(cluster, 'to'),
        isDone: (cluster) => isIn(cluster, 'to'),
      });
      expect(writes).toBeGreaterThanOrEqual(3);
    },
    LONGEST_MS,
  );
});

type Side = 'from' | 'to';

function sidesOf({ name }: ClusterActor): Readonly<Record<Side, string>> {
  return { from: `${name}-from`, to: `${name}-to` };
}

async function putInto(cluster: ClusterActor, side: Side): Promise<void> {
  const patch = { metadata: { labels: { [labels.clusterSet]: sidesOf(cluster)[side] } } };
  await lab.admin.kind(ManagedCluster).mergePatch(cluster.name, patch, { signal: lab.signal });
}

/** The statuses of both sets and of the cluster agree on where it is. */
async function isIn(cluster: ClusterActor, side: Side): Promise<boolean> {
  const sides = sidesOf(cluster);
  const clusterSet = sides[side];
  expect((await cluster.find())?.status?.managedNamespaces).toEqual([{ clusterSet, name: `in-${side}` }]);
  for (const name of Object.values(sides)) {
    const { status } = await lab.admin.kind(ManagedClusterSet).get(name, { signal: lab.signal });
    const said = findCondition(status?.conditions, 'ClusterSetEmpty')?.message;
    expect(said).toBe(name === clusterSet ? '1 ManagedClusters selected' : 'No ManagedCluster selected');
  }
  return true;
}
