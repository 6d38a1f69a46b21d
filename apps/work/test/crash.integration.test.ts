import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigMap } from '@ocm/api';
import { aConfigMap, startFaultProxy, until, type WriteCut } from '@ocm/testing';
import { type Cluster, conditionsOf, type Lab, type RunningAgent, startLab } from './lab.ts';

/** Every write but the last of the 18 that the work below costs from its creation to its end. */
const WRITES = Array.from({ length: 17 }, (_, index) => index + 1);

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

/** A cluster whose agent dies after its n-th write, and has a successor that is spared. */
async function clusterWithCrash(cut: { afterWrites: number; answer: 'delivered' | 'lost' }) {
  const cluster = await lab.newCluster();
  const proxy = await startFaultProxy({ controlPlane: lab.cp });
  const servers = { hub: proxy.url, spoke: proxy.url };
  const crash: WriteCut = proxy.cutAfterWrites({ ...cut, when: { userAgent: /work-agent/ } });
  let agent: RunningAgent = await cluster.startAgent({ servers });
  let hasCrashed = false;
  return {
    cluster,
    /** Waits until a check holds; when the agent dies before, its successor has to get there. */
    settle: async (describe: string, check: () => Promise<void>): Promise<void> => {
      await until(
        async () => {
          if (crash.isCut && !hasCrashed) {
            hasCrashed = true;
            await agent.kill();
            crash.restore();
            agent = await cluster.startAgent({ servers });
          }
          await check();
          return true;
        },
        { describe, signal: lab.signal, deadlineMs: 30_000 },
      );
    },
    close: async () => {
      expect(hasCrashed).toBe(true);
      await agent.kill();
      await proxy.close();
    },
  };
}

const data = async (cluster: Cluster, name: string) => (await cluster.object(ConfigMap, name))?.data?.['key'];

async function expectApplied(cluster: Cluster, generation: number, wanted: Record<string, string | undefined>) {
  const { conditions } = (await cluster.work('life'))?.status ?? {};
  expect(conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([generation, generation]);
  expect(conditionsOf({ conditions: conditions ?? [] })).toEqual(['Applied=True', 'Available=True']);
  const record = await cluster.appliedWork('life');
  const names = Object.keys(wanted);
  const objects = await Promise.all(names.map((name) => cluster.object(ConfigMap, name)));
  const found = objects.map((object) => object?.data?.['key']);
  expect(Object.fromEntries(names.map((name, index) => [name, found[index]]))).toEqual(wanted);
  const present = objects.filter((object) => object !== undefined);
  expect(record?.status?.appliedResources?.map(({ uid }) => uid)).toEqual(present.map(({ metadata }) => metadata.uid));
  for (const { metadata } of present) {
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'AppliedManifestWork', uid: record?.metadata.uid }]);
  }
}

describe.each(['delivered', 'lost'] as const)('when the last answer is %s', (answer) => {
  test.each(WRITES)('a crash after write %d leads to the same end', async (afterWrites) => {
    const { cluster, settle, close } = await clusterWithCrash({ afterWrites, answer });
    const namespace = cluster.objects;
    const map = (name: string, value: string) => aConfigMap({ name, namespace, data: { key: value } });
    await lab.admin.kind(ConfigMap).create(map('bystander', 'theirs'), lab);

    await cluster.create({ name: 'life', manifests: [map('a', 'one'), map('b', 'one')] });
    await settle('it is applied', () => expectApplied(cluster, 1, { a: 'one', b: 'one' }));

    await cluster.update('life', { manifests: [map('a', 'two'), map('c', 'two')] });
    await settle('it is updated', () => expectApplied(cluster, 2, { a: 'two', b: undefined, c: 'two' }));

    await cluster.delete('life');
    await settle('it is gone', async () => {
      expect([await cluster.work('life'), await cluster.appliedWork('life')]).toEqual([undefined, undefined]);
    });
    expect(await Promise.all(['a', 'c', 'bystander'].map((name) => data(cluster, name)))).toEqual([
      undefined,
      undefined,
      'theirs',
    ]);
    await close();
  });
});
