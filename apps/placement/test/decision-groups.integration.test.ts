import { type DecisionGroup, labels, type PlacementSpec } from '@ocm/api';
import { decidedClusters } from '@ocm/fleet';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlacementLab, startPlacementLab, Tenant } from './placement-lab.ts';

let lab: PlacementLab;
beforeAll(async () => {
  lab = await startPlacementLab();
  await lab.start();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const tenantOf = (name: string): Promise<Tenant> => Tenant.withSet(lab, name);
const group = (groupName: string, matchLabels: Record<string, string>): DecisionGroup => ({
  groupName,
  groupClusterSelector: { labelSelector: { matchLabels } },
});
const grouped = (clustersPerDecisionGroup?: number | string, ...decisionGroups: DecisionGroup[]): PlacementSpec => ({
  decisionStrategy: {
    groupStrategy: { decisionGroups, ...(clustersPerDecisionGroup === undefined ? {} : { clustersPerDecisionGroup }) },
  },
});
const CANARY = group('canary', { env: 'canary' });

/** Slices as `number index/name: clusters`, once the status says the same. */
async function groupsAre(t: Tenant, placement: string, wanted: readonly string[]): Promise<void> {
  await until(
    async () => {
      const slices = await t.slices(placement);
      const seen = slices.map((slice) => {
        const { [labels.decisionGroupIndex]: index, [labels.decisionGroupName]: name } = slice.metadata.labels ?? {};
        const clusters = decidedClusters(slice).map((cluster) => cluster.slice(t.name.length + 1));
        return `${slice.metadata.name.split('-').at(-1)} ${index}/${name}: ${clusters.join(' ')}`;
      });
      expect(seen).toEqual(wanted);
      const { status } = await t.placement(placement);
      const told = (status?.decisionGroups ?? []).map(
        ({ decisionGroupIndex, decisionGroupName, clusterCount }) =>
          `${decisionGroupIndex}/${decisionGroupName} ${clusterCount}`,
      );
      const counted = wanted.map((text) => {
        const [, key = '', clusters = ''] = /^\d+ (\S*): (.*)$/.exec(text) ?? [];
        return `${key} ${clusters === '' ? 0 : clusters.split(' ').length}`;
      });
      expect(told).toEqual(counted);
      return true;
    },
    { describe: `groups of ${placement} are ${wanted.join(', ')}` },
  );
}

describe('decision groups', () => {
  test('[placement 63] form, shrink and come back with their clusters', async () => {
    const t = await tenantOf('g63');
    const canary = { labels: { env: 'canary', [labels.clusterSet]: 'g63' } };
    await t.addClusters(['k1', 'k2'], canary);
    await t.addClusters(['o1', 'o2', 'o3']);
    await t.place('p', grouped(2, CANARY));
    const all = ['1 0/canary: k1 k2', '2 1/: o1 o2', '3 2/: o3'];
    await groupsAre(t, 'p', all);
    await t.deleteCluster('k1');
    await t.deleteCluster('o1');
    await groupsAre(t, 'p', ['1 0/canary: k2', '2 1/: o2 o3']);
    await t.addClusters(['k1'], canary);
    await t.addClusters(['o1']);
    await groupsAre(t, 'p', all);
  });

  test('[placement 64, 65] of length one share a name; one that matches nothing is not there', async () => {
    const t = await tenantOf('g64');
    await t.addClusters(['k1', 'k2', 'k3', 'k4'], { labels: { env: 'canary', [labels.clusterSet]: 'g64' } });
    await t.place('p', grouped(1, group('nobody', { env: 'none' }), CANARY));
    await groupsAre(t, 'p', ['1 0/canary: k1', '2 1/canary: k2', '3 2/canary: k3', '4 3/canary: k4']);
  });

  test('[placement 66] by percentage', async () => {
    const t = await tenantOf('g66');
    await t.addClusters(['c1', 'c2', 'c3']);
    await t.place('quarter', grouped('25%'));
    await groupsAre(t, 'quarter', ['1 0/: c1', '2 1/: c2', '3 2/: c3']);
    await t.addClusters(Array.from({ length: 97 }, (_, index) => `d${index}`));
    await t.place('seven', grouped('7%'));
    await until(async () => (await t.placement('seven')).status?.numberOfSelectedClusters === 100, {
      describe: '100 are selected',
    });
    const counts = (await t.placement('seven')).status?.decisionGroups?.map(({ clusterCount }) => clusterCount);
    expect(counts).toEqual([8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 4]);
  });

  test('[placement 67] of length 0, or without a length, are one', async () => {
    const t = await tenantOf('g67');
    await t.addClusters(['c1', 'c2']);
    await t.place('zero', grouped(0));
    await t.place('absent');
    await t.place('defaulted', grouped());
    for (const placement of ['zero', 'absent', 'defaulted']) await groupsAre(t, placement, ['1 0/: c1 c2']);
  });

  test('[placement 68] of a length that is a number in quotes are reported, and no slice remains', async () => {
    const t = await tenantOf('g68');
    await t.addClusters(['c1', 'c2']);
    await t.place('p');
    await t.decides('p', ['c1', 'c2']);
    await t.changePlacement('p', { spec: grouped('20') });
    const text = 'True Misconfigured: :20 invalid type: string is not a percentage';
    await t.reports('p', 'PlacementMisconfigured', text);
    expect(await t.slices('p')).toEqual([]);
    expect((await t.placement('p')).status).toMatchObject({ numberOfSelectedClusters: 2 });
    await t.changePlacement('p', { spec: { decisionStrategy: null } });
    await groupsAre(t, 'p', ['1 0/: c1 c2']);
  });
});
