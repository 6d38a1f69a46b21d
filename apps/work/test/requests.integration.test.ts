import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aConfigMap, type FaultProxy, type RecordedRequest, until } from '@ocm/testing';
import { type Cluster, type Lab, startLab } from './lab.ts';

const WORKS = Array.from({ length: 20 }, (_, index) => `work-${index}`);
const MANIFESTS = 5;

let lab: Lab;
let cluster: Cluster;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
});
afterAll(() => lab.stop());

const manifestsOf = (work: string, value = 'value') =>
  Array.from({ length: MANIFESTS }, (_, index) =>
    aConfigMap({ name: `${work}-${index}`, namespace: cluster.objects, data: { key: value } }),
  );

const isOfWork = ({ verb, resource }: RecordedRequest): boolean =>
  verb !== 'list' && verb !== 'watch' && resource !== '';

/** `verb resource` of the requests, with their number; without those that open a cache or a connection. */
function counts(proxy: FaultProxy): Record<string, number> {
  const names = proxy
    .requests()
    .filter(isOfWork)
    .map(({ verb, resource }) => `${verb} ${resource}`);
  const groups = Map.groupBy(names, (name) => name);
  return Object.fromEntries([...groups].map(([name, same]) => [name, same.length]));
}

describe('an agent with nothing to do but what it is given', () => {
  beforeAll(async () => {
    await cluster.startAgent({ intervals: { statusSyncMs: 60_000 } });
  });
  beforeEach(() => {
    lab.hubProxy.clearRequests();
    lab.spokeProxy.clearRequests();
  });

  test('new works cost two requests on the hub, and one for each manifest and two more on the managed cluster', async () => {
    await Promise.all(WORKS.map((name) => cluster.create({ name, manifests: manifestsOf(name) })));
    await Promise.all(WORKS.map((name) => cluster.untilCondition(name, 'Applied', 'True')));
    await Promise.all(WORKS.map((name) => cluster.untilCondition(name, 'Available', 'True')));
    await until(() => counts(lab.spokeProxy)['patch appliedmanifestworks/status'] === WORKS.length, {
      describe: 'all records are written',
    });
    expect(counts(lab.hubProxy)).toEqual({
      'patch manifestworks': WORKS.length,
      'patch manifestworks/status': WORKS.length,
    });
    expect(counts(lab.spokeProxy)).toEqual({
      'create appliedmanifestworks': WORKS.length,
      'create configmaps': WORKS.length * MANIFESTS,
      'patch appliedmanifestworks/status': WORKS.length,
    });
  });
});
