import { annotations, Placement, PlacementDecision } from '@ocm/api';
import { allDecidedClusters, trackDecisions } from '@ocm/fleet';
import { aPlacement, aPlacementDecision } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlacementLab, startPlacementLab, Tenant } from './placement-lab.ts';

let lab: PlacementLab;
beforeAll(async () => {
  lab = await startPlacementLab();
  await lab.start();
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** Publishes a decision as some other program would, in a slice with a name of its own choice. */
async function decideElsewhere(
  tenant: Tenant,
  name: string,
  over: {
    readonly placement: string;
    readonly group?: { readonly index: number; readonly name?: string };
    readonly suffixes: readonly string[];
  },
): Promise<PlacementDecision> {
  const { suffixes, ...rest } = over;
  const clusters = suffixes.map((suffix) => ({ clusterName: tenant.cluster(suffix), reason: 'cheapest' }));
  const wanted = aPlacementDecision({ ...rest, namespace: tenant.name, clusters });
  const created = await tenant.create(PlacementDecision, { ...wanted, metadata: { ...wanted.metadata, name } });
  const status = wanted.status ?? { decisions: [] };
  return lab.admin.kind(PlacementDecision).patchStatus(created, status, { signal: lab.signal });
}

async function placeHandedOver(tenant: Tenant, name: string): Promise<void> {
  const handedOver = { [annotations.schedulingDisabled]: 'true' };
  await tenant.create(Placement, aPlacement({ namespace: tenant.name, name, annotations: handedOver }));
}

/** Changes clusters and waits until the controller has looked at every Placement of the tenant. */
async function stir(tenant: Tenant): Promise<void> {
  await tenant.addClusters(['late']);
  await tenant.place('witness', { predicates: [{ requiredClusterSelector: { labelSelector: {} } }] });
  await tenant.decides('witness', ['c1', 'c2', 'late']);
}

describe('a Placement that is handed over to another scheduler', () => {
  test('keeps the slices and the status that the other one writes', async () => {
    const t = await Tenant.withSet(lab, 'handed');
    await t.addClusters(['c1', 'c2']);
    await placeHandedOver(t, 'p');
    const first = await decideElsewhere(t, 'p-by-price', { placement: 'p', suffixes: ['c2'] });
    const status = { numberOfSelectedClusters: 1 };
    const written = await lab.admin.kind(Placement).patchStatus(await t.placement('p'), status, { signal: lab.signal });
    await stir(t);
    expect(await t.slices('p')).toEqual([first]);
    expect(await t.placement('p')).toEqual(written);
    expect((await t.events()).filter(({ regarding }) => regarding?.name === 'p')).toEqual([]);
  });

  test('goes on from there when the annotation goes', async () => {
    const t = await Tenant.withSet(lab, 'returned');
    await t.addClusters(['c1', 'c2']);
    await placeHandedOver(t, 'p');
    await decideElsewhere(t, 'p-by-price', { placement: 'p', suffixes: ['c2'] });
    const back = { metadata: { annotations: { [annotations.schedulingDisabled]: null } } };
    await t.changePlacement('p', { ...back, spec: { numberOfClusters: 1 } });
    // Steady: what the other scheduler has chosen stays chosen, now in a slice of ours.
    await t.decides('p', ['c2']);
    expect((await t.slices('p')).map(({ metadata }) => metadata.name)).toEqual(['p-decision-1']);
  });
});

describe('decisions that another program publishes', () => {
  test('without any Placement stay as they are, and whoever reads decisions reads them like ours', async () => {
    const t = await Tenant.withSet(lab, 'foreign');
    await t.addClusters(['c1', 'c2']);
    const slices = [
      await decideElsewhere(t, 'zone-a', { placement: 'by-hand', group: { index: 1 }, suffixes: ['c2'] }),
      await decideElsewhere(t, 'any-name', {
        placement: 'by-hand',
        group: { index: 0, name: 'canary' },
        suffixes: ['c1'],
      }),
    ];
    await stir(t);
    const found = await t.slices('by-hand');
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining(slices));
    const tracked = trackDecisions(found);
    if (tracked.kind !== 'tracked') throw new Error(tracked.kind);
    expect(tracked.groups.map(({ name, index }) => [name, index])).toEqual([
      ['canary', 0],
      ['', 1],
    ]);
    expect([...allDecidedClusters(tracked.groups)]).toEqual([t.cluster('c1'), t.cluster('c2')]);
  });

  test('count for Balance like ours', async () => {
    const t = await Tenant.withSet(lab, 'counted');
    await t.addClusters(['c1', 'c2']);
    await t.knows(['c1', 'c2']);
    await decideElsewhere(t, 'theirs', { placement: 'by-hand', suffixes: ['c1'] });
    // Slices are seen in the order in which they change: by the time this one is back, theirs has been seen.
    await t.delete(PlacementDecision, t.ref('knows-decision-1'));
    await t.decides('knows', ['c1', 'c2']);
    await t.place('p', { numberOfClusters: 1 });
    await t.decides('p', ['c2']);
  });
});
