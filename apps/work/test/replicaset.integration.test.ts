import { annotations, finalizers, labels, type ManifestWork } from '@ocm/api';
import { aManifestWork, aWorkSpec, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ManagerLab, startManagerLab } from './manager-lab.ts';
import {
  APPLIED,
  FAILED,
  manifestOf,
  otherSpec,
  ROLLED_OUT,
  SUCCEEDED,
  type Tenant,
  toOther,
  VERIFIED,
  WORKING,
} from './manager-tenant.ts';

let lab: ManagerLab;

beforeAll(async () => {
  lab = await startManagerLab();
  await lab.startManager();
});
afterAll(async () => lab[Symbol.asyncDispose]());

function manifestsOf(works: readonly ManifestWork[]): readonly (string | undefined)[] {
  return works.map(manifestOf);
}

describe('works of a replica set', () => {
  test('[work 59] each chosen cluster gets one work with the template and the labels, and loses it when it is not chosen any more', async () => {
    const t = await lab.newTenant(3);
    await t.place([t.clusters]);
    await t.create({ labels: { team: 'blue' } });
    const works = await t.untilWorksOn(t.clusters);
    for (const { metadata, spec } of works) {
      expect(metadata.labels).toEqual({
        team: 'blue',
        [labels.replicaSet]: `${t.namespace}.app`,
        [labels.placementName]: 'p',
      });
      expect(metadata.name).toMatch(/^app[a-z0-9]{5}$/);
      expect(spec).toEqual(aWorkSpec());
    }
    await t.untilSummary({ total: 3 });
    await t.untilCondition(VERIFIED, 'True/AsExpected');
    expect((await t.find())?.status?.placementSummary).toEqual([
      {
        name: 'p',
        availableDecisionGroups: '1 (3 / 3 clusters applied)',
        summary: { total: 3, applied: 0, available: 0, progressing: 0, degraded: 0 },
      },
    ]);
    await t.place([t.first(2)]);
    await t.untilWorksOn(t.first(2));
    await t.untilSummary({ total: 2 });
  });

  test('[work 60] the summary counts what agents report, and the conditions follow', async () => {
    const t = await lab.newTenant(3);
    await t.place([t.clusters]);
    await t.create();
    await t.untilWorksOn(t.clusters);
    await t.untilCondition(APPLIED, 'False/NotAsExpected');
    await t.report(t.clusters, WORKING);
    await t.untilSummary({ total: 3, applied: 3, available: 0, progressing: 3, degraded: 0 });
    await t.untilCondition(APPLIED, 'False/Processing');
    await t.report(t.first(1), FAILED);
    await t.untilSummary({ degraded: 1 });
    await t.untilCondition(APPLIED, 'False/NotAsExpected');
    await t.report(t.clusters, SUCCEEDED);
    await t.untilSummary({ total: 3, applied: 3, available: 3, progressing: 0, degraded: 0 });
    await t.untilCondition(APPLIED, 'True/AsExpected');
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
  });

  test('[work 61] a Placement that does not exist is named; one without decisions is empty', async () => {
    const t = await lab.newTenant(1);
    await t.create();
    const missing = await t.untilCondition(VERIFIED, 'False/PlacementDecisionNotFound');
    expect(missing.message).toContain('Placement "p" does not exist');
    await t.place([[]]);
    await t.untilCondition(VERIFIED, 'False/PlacementDecisionEmpty');
    await t.untilCondition(APPLIED, 'False/PlacementDecisionEmpty');
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
    await t.place([t.clusters]);
    await t.untilWorksOn(t.clusters);
    await t.untilCondition(VERIFIED, 'True/AsExpected');
  });

  test('a Placement that is deleted leaves the works and what is said about them alone', async () => {
    const t = await lab.newTenant(2);
    await t.place([t.clusters]);
    await t.create();
    await t.untilSummary({ total: 2 });
    await t.removePlacement();
    await t.untilCondition(VERIFIED, 'False/PlacementDecisionNotFound');
    expect(await t.works()).toHaveLength(2);
    expect((await t.find())?.status?.summary?.total).toBe(2);
  });

  test('[work 62] another Placement: its works come, those of the old one go', async () => {
    const t = await lab.newTenant(4);
    await t.place([t.clusters.slice(0, 2)]);
    await t.place([t.clusters.slice(2)], { name: 'q' });
    await t.create();
    await t.untilWorksOn(t.clusters.slice(0, 2));
    await t.patch({ spec: { placementRefs: [{ name: 'q' }] } });
    const works = await t.untilWorksOn(t.clusters.slice(2));
    expect(works.map(({ metadata }) => metadata.labels?.[labels.placementName])).toEqual(['q', 'q']);
    const set = await until(
      async () => {
        const now = await t.find();
        return now?.status?.placementSummary?.[0]?.name === 'q' ? now : undefined;
      },
      { describe: 'the summary is about the new Placement' },
    );
    expect(set.status?.placementSummary).toHaveLength(1);
  });

  test('[work 69] a name that is no label value is explained, and the replica set can be deleted', async () => {
    const t = await lab.newTenant(1);
    await t.place([t.clusters]);
    const name = 'n'.repeat(64 - t.namespace.length);
    await t.create({ name });
    const invalid = await t.untilCondition(APPLIED, 'False/InvalidManifestWorkName', name);
    expect(invalid.message).toContain(`"${t.namespace}.${name}"`);
    expect(invalid.message).toContain('no more than 63 characters');
    await t.delete(name);
    await until(async () => (await t.find(name)) === undefined, { describe: 'it is gone' });
  });

  test('[work 70] a cluster that two Placements choose has two works, also after the template has changed', async () => {
    const t = await lab.newTenant(2);
    const [one = '', two = ''] = t.clusters;
    await t.place([[one, two]]);
    await t.place([[two]], { name: 'q' });
    await t.create({ placements: ['p', 'q'] });
    const before = await t.untilWorksOn([one, two, two]);
    await t.untilSummary({ total: 3 });
    await t.patch(toOther);
    await until(async () => manifestsOf(await t.works()).every((name) => name === 'other'), {
      describe: 'all updated',
    });
    const after = await t.works();
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
    const placements = after.map(({ metadata }) => metadata.labels?.[labels.placementName] ?? '');
    expect(placements.toSorted()).toEqual(['p', 'p', 'q']);
  });

  test('a work that somebody deletes comes again, and one that somebody changed is brought back', async () => {
    const t = await lab.newTenant(2);
    await t.place([t.clusters]);
    await t.create();
    const [first, second] = await t.untilWorksOn(t.clusters);
    if (first === undefined || second === undefined) throw new Error('two works');
    await t.deleteWork(first);
    await t.patchWork(second, { spec: otherSpec });
    await until(
      async () => {
        const works = await t.works();
        return (
          works.length === 2 && works[0]?.metadata.uid !== first.metadata.uid && !manifestsOf(works).includes('other')
        );
      },
      { describe: 'both are as they should be' },
    );
  });

  test('a work with the owner label and without a Placement is deleted, and so is a second one for a cluster', async () => {
    const t = await lab.newTenant(1);
    const [cluster = ''] = t.clusters;
    await t.place([[cluster]]);
    await t.create();
    const [kept] = await t.untilWorksOn([cluster]);
    const owner = { [labels.replicaSet]: `${t.namespace}.app` };
    // Names do not count, labels do.
    const stray = aManifestWork({ name: 'app-x', namespace: cluster, labels: owner });
    const double = aManifestWork({
      name: 'z-copy',
      namespace: cluster,
      labels: { ...owner, [labels.placementName]: 'p' },
    });
    for (const work of [stray, double]) await t.createWork(work);
    const works = await t.untilWorksOn([cluster]);
    expect(works[0]?.metadata.uid).toBe(kept?.metadata.uid);
  });

  test('a change of labels alone is not told to works that have been applied; foreign labels go with the next update', async () => {
    const t = await lab.newTenant(1);
    await t.place([t.clusters]);
    await t.create({ labels: { team: 'blue' } });
    const [work] = await t.untilWorksOn(t.clusters);
    await t.report(t.clusters, SUCCEEDED);
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
    if (work === undefined) throw new Error('one work');
    await t.patchWork(work, {
      metadata: { labels: { mine: 'x' }, annotations: { [annotations.schedulingDisabled]: 'x' } },
    });
    await t.patch({ metadata: { labels: { team: 'red' } } });
    // Something that does have an effect, so that the label change has been looked at.
    await t.place([t.clusters, []]);
    await until(
      async () => (await t.find())?.status?.placementSummary?.[0]?.availableDecisionGroups?.startsWith('2 '),
      {
        describe: 'the second group is seen',
      },
    );
    expect((await t.works())[0]?.metadata.labels).toMatchObject({ team: 'blue', mine: 'x' });
    await t.patch(toOther);
    await until(async () => manifestsOf(await t.works())[0] === 'other', { describe: 'it is updated' });
    const { metadata } = (await t.works())[0] ?? { metadata: undefined };
    expect(metadata?.labels).toEqual({ ...work.metadata.labels, team: 'red' });
    expect(metadata?.annotations ?? {}).toEqual({});
  });

  test('an outdated work goes as well when its cluster is not chosen any more', async () => {
    const t = await lab.newTenant(2);
    await t.place([t.clusters]);
    const strategy = { type: 'Progressive' as const, progressive: { maxConcurrency: 1 } };
    await t.create({ placements: [{ name: 'p', rolloutStrategy: strategy }] });
    await t.untilWorksOn(t.first(1));
    await t.report(t.clusters, SUCCEEDED);
    await t.untilWorksOn(t.clusters);
    await t.report(t.clusters, SUCCEEDED);
    await t.patch(toOther);
    await until(async () => manifestsOf(await t.works())[0] === 'other', { describe: 'the first is updated' });
    expect(manifestsOf(await t.works())[1]).not.toBe('other');
    await t.place([t.first(1)]);
    await t.untilWorksOn(t.first(1));
  });
});

/** A replica set that is deleted while all of its works are held by a finalizer. */
async function withHeldWorks(t: Tenant, cascadeDeletionPolicy: 'Background' | 'Foreground'): Promise<void> {
  await t.place([t.clusters]);
  await t.create({ cascadeDeletionPolicy });
  for (const work of await t.untilWorksOn(t.clusters)) {
    await t.patchWork(work, { metadata: { finalizers: [finalizers.work] } });
  }
  await t.delete();
  await until(async () => (await t.works()).every(({ metadata }) => metadata.deletionTimestamp !== undefined), {
    describe: 'all works are being deleted',
  });
}

describe('deletion of a replica set', () => {
  test('[work 68] Background: it is gone at once', async () => {
    const t = await lab.newTenant(2);
    await withHeldWorks(t, 'Background');
    await until(async () => (await t.find()) === undefined, { describe: 'it is gone' });
    expect(await t.works()).toHaveLength(2);
  });

  test('[work 68] Foreground: it stays while a work is held', async () => {
    const t = await lab.newTenant(2);
    await withHeldWorks(t, 'Foreground');
    const [first, second] = await t.works();
    if (first === undefined || second === undefined) throw new Error('two works');
    await t.patchWork(first, { metadata: { finalizers: null } });
    await t.untilWorksOn([second.metadata.namespace ?? '']);
    expect((await t.find())?.metadata.deletionTimestamp).toBeDefined();
    await t.patchWork(second, { metadata: { finalizers: null } });
    await until(async () => (await t.find()) === undefined, { describe: 'it is gone' });
  });
});
