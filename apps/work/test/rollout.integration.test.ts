import { Event, labels, type ManifestWork, PlacementDecision, type RolloutStrategy } from '@ocm/api';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ManagerLab, startManagerLab } from './manager-lab.ts';
import {
  FAILED,
  manifestOf,
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

const progressive = (options: RolloutStrategy['progressive']): RolloutStrategy => ({
  type: 'Progressive',
  progressive: options ?? {},
});

/** Names of the clusters whose work has this manifest. */
async function clustersWith(t: Tenant, manifest: string): Promise<readonly string[]> {
  return (await t.works())
    .filter((work) => manifestOf(work) === manifest)
    .map(({ metadata }) => metadata.namespace ?? '');
}

/** Waits until the manager has seen what agents reported, and has had the time to go too far. */
async function settle(t: Tenant, summary: Parameters<Tenant['untilSummary']>[0]): Promise<readonly ManifestWork[]> {
  await t.untilSummary(summary);
  return t.works();
}

function idOf({ metadata }: ManifestWork): unknown {
  return [metadata.uid, metadata.deletionTimestamp];
}

describe('a rollout', () => {
  test('[work 63] goes on two by two as works report that they do not progress any more', async () => {
    const t = await lab.newTenant(6);
    await t.place([t.clusters]);
    await t.createWith(progressive({ maxConcurrency: 2 }));
    await t.untilWorksOn(t.first(2));
    await t.report(t.first(2), WORKING);
    expect(await settle(t, { progressing: 2 })).toHaveLength(2);
    await t.report(t.first(2), SUCCEEDED);
    await t.untilWorksOn(t.first(4));
    await t.untilCondition(ROLLED_OUT, 'False/Progressing');
    await t.report(t.first(4), SUCCEEDED);
    await t.untilWorksOn(t.clusters);
    await t.untilCondition(ROLLED_OUT, 'False/Progressing');
    await t.report(t.clusters, SUCCEEDED);
    const { message } = await t.untilCondition(ROLLED_OUT, 'True/Complete');
    expect(message).toBe('All 6 selected clusters have succeeded');
  });

  test('[work 64] stops when more have failed than allowed, and says so in condition and event', async () => {
    const t = await lab.newTenant(6);
    await t.place([t.clusters]);
    await t.createWith(progressive({ maxConcurrency: 3, maxFailures: 1 }));
    await t.untilWorksOn(t.first(3));
    await t.report(t.first(2), FAILED);
    await t.report(t.clusters.slice(2, 3), SUCCEEDED);
    expect(await settle(t, { degraded: 2, available: 1 })).toHaveLength(3);
    const { message } = await t.untilCondition(ROLLED_OUT, 'False/Progressing');
    expect(message).toContain(
      `p halted: 2 failed or timed out (${t.first(2).join(', ')}), more than maxFailures allows`,
    );
    const halted = await until(
      async () => {
        for await (const { items } of lab.admin.kind(Event).list({ namespace: t.namespace, signal: lab.signal })) {
          const event = items.find(({ reason }) => reason === 'RolloutHalted');
          if (event !== undefined) return event;
        }
        return undefined;
      },
      { describe: 'the event' },
    );
    expect(halted).toMatchObject({ type: 'Warning', regarding: { kind: 'ManifestWorkReplicaSet', name: 'app' } });
    // Someone mends one of the two: it goes on.
    await t.report(t.first(1), SUCCEEDED);
    await until(async () => (await t.works()).length > 3, { describe: 'it goes on' });
  });

  test('[work 65] waits for the soak before the next cluster begins', async () => {
    const t = await lab.newTenant(2);
    await t.place([t.clusters]);
    await t.createWith(progressive({ maxConcurrency: 1, minSuccessTime: '5s' }));
    await t.untilWorksOn(t.first(1));
    await t.report(t.first(1), SUCCEEDED);
    const [first] = await settle(t, { available: 1 });
    const succeededAt = first?.status?.conditions?.find(({ type }) => type === 'Progressing')?.lastTransitionTime ?? '';
    const works = await t.untilWorksOn(t.clusters);
    const begunAt = works.at(-1)?.metadata.creationTimestamp ?? '';
    // Times of the API have whole seconds.
    expect(Date.parse(begunAt) - Date.parse(succeededAt)).toBeGreaterThanOrEqual(4000);
  });

  test('[work 66] goes on without a cluster that has run out of time, and is never complete', async () => {
    const t = await lab.newTenant(3);
    await t.place([t.clusters]);
    await t.createWith(progressive({ maxConcurrency: 1, maxFailures: 1, progressDeadline: '5s' }));
    await t.untilWorksOn(t.first(1));
    await t.report(t.first(1), WORKING);
    const [late, next] = await t.untilWorksOn(t.first(2));
    const workingSince = late?.status?.conditions?.find(({ type }) => type === 'Progressing')?.lastTransitionTime ?? '';
    const begunAt = next?.metadata.creationTimestamp ?? '';
    expect(Date.parse(begunAt) - Date.parse(workingSince)).toBeGreaterThanOrEqual(4000);
    await t.report(t.clusters.slice(1), SUCCEEDED);
    await t.untilWorksOn(t.clusters);
    await t.report(t.clusters.slice(1), SUCCEEDED);
    await t.untilSummary({ total: 3, available: 2, progressing: 1 });
    const { message } = await t.untilCondition(ROLLED_OUT, 'False/Progressing');
    expect(message).toBe(`2 of 3 selected clusters have succeeded; p: 1 failed or timed out (${t.first(1)[0]})`);
  });

  test('[work 67] of another template goes group by group, and the total counts those that have it', async () => {
    const t = await lab.newTenant(4);
    const [early, late] = [t.clusters.slice(0, 2), t.clusters.slice(2)];
    await t.place([early, late], { names: ['canary', ''] });
    await t.createWith({ type: 'ProgressivePerGroup', progressivePerGroup: {} });
    await t.untilWorksOn(early);
    await t.report(early, SUCCEEDED);
    await t.untilWorksOn(t.clusters);
    await t.report(t.clusters, SUCCEEDED);
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
    await t.patch(toOther);
    await t.untilSummary({ total: 2 });
    expect(await clustersWith(t, 'other')).toEqual(early);
    await t.untilCondition(ROLLED_OUT, 'False/Progressing');
    expect((await t.find())?.status?.placementSummary?.[0]?.availableDecisionGroups).toBe('2 (2 / 4 clusters applied)');
    await t.report(early, SUCCEEDED);
    await t.untilSummary({ total: 4 });
    expect(await clustersWith(t, 'other')).toEqual(t.clusters);
    await t.report(t.clusters, SUCCEEDED);
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
  });

  test('begins with the mandatory groups, and holds all others back until they have succeeded', async () => {
    const t = await lab.newTenant(4);
    const [rest, canary] = [t.clusters.slice(0, 3), t.clusters.slice(3)];
    await t.place([rest, canary], { names: ['', 'canary'] });
    await t.createWith(progressive({ maxConcurrency: 2, mandatoryDecisionGroups: [{ groupName: 'canary' }] }));
    await t.untilWorksOn(canary);
    await t.report(canary, WORKING);
    expect(await settle(t, { progressing: 1 })).toHaveLength(1);
    await t.report(canary, SUCCEEDED);
    await t.untilWorksOn([...rest.slice(0, 2), ...canary]);
  });

  test('whose strategy cannot be understood does not begin, and the other Placements of the replica set do', async () => {
    const t = await lab.newTenant(2);
    await t.place([t.first(1)]);
    await t.place([t.clusters.slice(1)], { name: 'q' });
    const broken = { type: 'All' as const, all: { progressDeadline: '5|' } };
    await t.create({ placements: [{ name: 'p', rolloutStrategy: broken }, 'q'] });
    await t.untilWorksOn(t.clusters.slice(1));
    const { message } = await t.untilCondition(VERIFIED, 'False/NotAsExpected');
    expect(message).toContain('p: progressDeadline "5|": invalid timeout format');
    await t.untilSummary({ total: 1 });
  });

  test('of decisions without a group index says which slice is meant', async () => {
    const t = await lab.newTenant(1);
    await t.place([t.clusters]);
    await lab.admin
      .kind(PlacementDecision)
      .mergePatch(
        { namespace: t.namespace, name: 'p-decision-1' },
        { metadata: { labels: { [labels.decisionGroupIndex]: 'first' } } },
        { signal: lab.signal },
      );
    await t.create();
    const { message } = await t.untilCondition(VERIFIED, 'False/NotAsExpected');
    expect(message).toContain('incorrect group index: "first"');
  });

  test('without a Progressing rule never comes to an end, and says what to add', async () => {
    const t = await lab.newTenant(2);
    await t.place([t.clusters]);
    await t.create();
    await t.untilWorksOn(t.clusters);
    await t.report(t.clusters, ['Applied', 'Available']);
    await t.untilSummary({ available: 2 });
    const { message } = await t.untilCondition(ROLLED_OUT, 'False/Progressing');
    expect(message).toBe(`0 of 2 selected clusters have succeeded; ${MISSING}`);
    expect(message).toContain('add conditionRules such as {"condition": "Progressing"');
  });

  test('whose clusters move between slices for a moment takes no work away', async () => {
    const t = await lab.newTenant(3);
    await t.place([t.first(2), t.clusters.slice(2)]);
    await t.create();
    const before = await t.untilWorksOn(t.clusters);
    // The first slice lets its second cluster go; the second slice takes it a moment later.
    const slices = lab.admin.kind(PlacementDecision);
    const decide = async (slice: number, clusters: readonly string[]): Promise<void> => {
      const ref = { namespace: t.namespace, name: `p-decision-${slice}` };
      const status = { decisions: clusters.map((clusterName) => ({ clusterName, reason: '' })) };
      await slices.mergePatch(ref, { status }, { subresource: 'status', signal: lab.signal });
    };
    // However long the writes take, the manager hears of both in one moment.
    await lab.proxy.freezeView({ resource: 'placementdecisions', verb: 'watch' });
    await decide(1, t.first(1));
    await decide(2, t.clusters.slice(1));
    lab.proxy.thawView();
    await t.report(t.clusters, SUCCEEDED);
    await t.untilSummary({ available: 3 });
    expect((await t.works()).map(idOf)).toEqual(before.map(idOf));
  });
});

const MISSING =
  'no cluster can be seen to succeed, because no manifestConfigs entry of the template has a condition rule named Progressing: ' +
  'add conditionRules such as {"condition": "Progressing", "type": "WellKnownConditions"} for a Deployment, StatefulSet, DaemonSet, ' +
  'Job or Pod, or a rule of type CEL for another kind';
