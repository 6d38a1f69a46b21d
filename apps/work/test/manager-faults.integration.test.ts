import { ManifestWork } from '@ocm/api';
import { until } from '@ocm/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { untilQuiet } from './lab.ts';
import { type ManagerLab, startManagerLab } from './manager-lab.ts';
import { APPLIED, manifestOf, ROLLED_OUT, SUCCEEDED, toOther, WORKING } from './manager-tenant.ts';

const MANAGER = { userAgent: /^work-manager/ };
const WRITES = { ...MANAGER, verb: ['create', 'update', 'patch', 'delete'] };

/** What fills the cache of a kind: all namespaces. */
const cacheOf = (resource: string) => ({
  ...MANAGER,
  resource,
  verb: ['list', 'watch'],
  path: /\/v1[a-z0-9]*\/[a-z]+\?/,
});
/** What looks past the cache. */
const liveListOf = (resource: string) => ({ ...MANAGER, resource, verb: 'list', path: /\/namespaces\// });

let lab: ManagerLab;

beforeAll(async () => {
  lab = await startManagerLab();
});
afterEach(() => {
  lab.proxy.clearFaults();
  lab.proxy.thawView();
});
afterAll(async () => lab[Symbol.asyncDispose]());

describe('a hub in trouble', () => {
  test('a replica set lives its whole life through an API server that fails one request in six', async () => {
    await using _manager = await lab.startManager();
    const refusals = [
      { kind: 'status', code: 500 },
      { kind: 'status', code: 409 },
      { kind: 'status', code: 429, retryAfterSeconds: 1 },
    ] as const;
    for (const fault of refusals) lab.proxy.inject({ fault, fraction: 0.04, when: MANAGER });
    lab.proxy.inject({ fault: { kind: 'drop-request' }, fraction: 0.01, when: MANAGER });
    lab.proxy.inject({ fault: { kind: 'drop-answer' }, fraction: 0.03, when: WRITES });
    const t = await lab.newTenant(8);
    await t.place([t.clusters]);
    await t.createWith({ type: 'Progressive', progressive: { maxConcurrency: 4 } });
    await t.untilWorksOn(t.first(4));
    await t.report(t.clusters, SUCCEEDED);
    await t.untilWorksOn(t.clusters);
    await t.report(t.clusters, SUCCEEDED);
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
    await t.place([t.first(5)]);
    await t.untilWorksOn(t.first(5));
    await t.delete();
    await until(async () => (await t.find()) === undefined && (await t.works()).length === 0, {
      describe: 'all is gone',
    });
  });

  test('a storm of conflicts, from agents that write all the time, does not keep it from its end', async () => {
    await using _manager = await lab.startManager();
    const t = await lab.newTenant(3);
    await t.place([t.clusters]);
    await t.create();
    await t.untilWorksOn(t.clusters);
    const storm = new AbortController();
    const blowing = (async () => {
      for (let gust = 0; !storm.signal.aborted; gust += 1)
        await t.report(t.clusters, gust % 2 === 0 ? WORKING : SUCCEEDED);
    })();
    lab.proxy.inject({ fault: { kind: 'status', code: 409 }, fraction: 0.5, when: { ...MANAGER, verb: 'patch' } });
    await t.patch(toOther);
    await until(async () => (await t.works()).every((work) => manifestOf(work) === 'other'), {
      describe: 'all works are updated',
    });
    storm.abort();
    await blowing;
    await t.report(t.clusters, SUCCEEDED);
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
  });

  test('one cluster that refuses keeps nobody waiting, and is named until it takes its work', async () => {
    await using _manager = await lab.startManager();
    const t = await lab.newTenant(3);
    const [refusing = ''] = t.clusters;
    const fault = lab.proxy.inject({
      fault: { kind: 'status', code: 403, reason: 'Forbidden' },
      when: { ...MANAGER, verb: 'create', namespace: refusing },
    });
    await t.place([t.clusters]);
    await t.create();
    await t.untilWorksOn(t.clusters.slice(1));
    await t.untilSummary({ total: 2 });
    const { message } = await t.untilCondition(APPLIED, 'False/NotAsExpected');
    expect(message).toContain(`could not be written, will be tried again: ${refusing}: `);
    fault.remove();
    await t.untilWorksOn(t.clusters);
  });

  test.each(['end', 'gone'] as const)('watches that break (%s) lose nothing', async (how) => {
    await using _manager = await lab.startManager();
    const t = await lab.newTenant(3);
    await t.place([t.first(1)]);
    await t.create();
    await t.untilWorksOn(t.first(1));
    // A watch begins a moment after the list that has brought the works.
    let broken = 0;
    await until(() => (broken += lab.proxy.breakWatches(how)) > 3, { describe: 'the watches are broken' });
    await t.place([t.clusters]);
    await t.untilWorksOn(t.clusters);
  });
});

describe('a view of the past', () => {
  test('of works: none is created twice', async () => {
    const t = await lab.newTenant(3);
    await t.place([t.clusters]);
    await lab.proxy.freezeView(cacheOf('manifestworks'));
    {
      await using _other = await lab.startManager({ direct: true });
      await t.create();
      await t.untilWorksOn(t.clusters);
    }
    // The successor begins with a list of works that has none of them.
    lab.proxy.clearRequests();
    await using _manager = await lab.startManager();
    await t.patch({ metadata: { labels: { look: 'again' } } });
    await until(() => lab.proxy.requests(liveListOf('manifestworks')).length > 2, {
      describe: 'it has looked for works that its cache does not have',
    });
    expect(lab.proxy.requests({ ...MANAGER, verb: 'create', resource: 'manifestworks' })).toEqual([]);
    lab.proxy.thawView();
    await t.untilWorksOn(t.clusters);
  });

  test('of decisions: no work is deleted', async () => {
    const t = await lab.newTenant(3);
    await t.place([t.first(1)]);
    await lab.proxy.freezeView(cacheOf('placementdecisions'));
    await t.place([t.clusters]);
    {
      await using _other = await lab.startManager({ direct: true });
      await t.create();
      await t.untilWorksOn(t.clusters);
    }
    lab.proxy.clearRequests();
    await using _manager = await lab.startManager();
    await until(() => lab.proxy.requests(liveListOf('placementdecisions')).length > 0, {
      describe: 'it has asked whether the clusters are really not chosen',
    });
    await t.patch(toOther);
    await until(async () => (await t.works()).slice(0, 1).some((work) => manifestOf(work) === 'other'), {
      describe: 'it is through with that pass',
    });
    expect(lab.proxy.requests({ ...MANAGER, verb: 'delete' })).toEqual([]);
    expect(await t.works()).toHaveLength(3);
  });

  test('of the replica set: works of a Placement that it refers to since are not deleted', async () => {
    const t = await lab.newTenant(2);
    await t.place([t.first(1)]);
    await t.place([t.clusters.slice(1)], { name: 'q' });
    {
      await using _other = await lab.startManager({ direct: true });
      await t.create();
      await t.untilWorksOn(t.first(1));
      await lab.proxy.freezeView(cacheOf('manifestworkreplicasets'));
      await t.patch({ spec: { placementRefs: [{ name: 'p' }, { name: 'q' }] } });
      await t.untilWorksOn(t.clusters);
    }
    lab.proxy.clearRequests();
    await using _manager = await lab.startManager();
    await until(() => lab.proxy.requests({ ...MANAGER, verb: 'get', resource: 'manifestworkreplicasets' }).length > 0, {
      describe: 'it has asked what the replica set refers to',
    });
    lab.proxy.thawView();
    await t.report(t.clusters, SUCCEEDED);
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
    expect(lab.proxy.requests({ ...MANAGER, verb: 'delete' })).toEqual([]);
  });
});

test('a world that does not change costs no request', async () => {
  const t = await lab.newTenant(3);
  await t.place([t.clusters]);
  {
    await using _manager = await lab.startManager();
    await t.create();
    await t.untilWorksOn(t.clusters);
    await t.report(t.clusters, SUCCEEDED);
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
    await t.untilSummary({ available: 3, progressing: 0 });
    // What other tests have left behind comes to its end, too.
    await untilQuiet(() => lab.proxy.requests(WRITES).length);
  }
  lab.proxy.clearRequests();
  await using _manager = await lab.startManager();
  // What comes later in the queue is done when everything before it is.
  const untilLater = async (): Promise<string> => {
    const later = await lab.newTenant(1);
    await later.place([later.clusters]);
    await later.create();
    await later.untilSummary({ total: 1 });
    return later.namespace;
  };
  const later = await untilLater();
  const others = lab.proxy.requests(WRITES).filter(({ path }) => !path.includes(later));
  expect(others).toEqual([]);
  const works = lab.admin.kind(ManifestWork);
  // What agents report about single manifests is nobody's business here.
  const [work] = await t.works();
  if (work === undefined) throw new Error('there are works');
  lab.proxy.clearRequests();
  await works.patchStatus(work, { ...work.status, resourceStatus: { manifests: [] } }, { signal: lab.signal });
  await untilLater();
  expect(lab.proxy.requests({ ...WRITES, namespace: t.namespace })).toEqual([]);
});
