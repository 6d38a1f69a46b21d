import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findCondition, type FeedbackRule } from '@ocm/api';
import { type Logger, silentLogger } from '@ocm/kube';
import { aConfigMap, until } from '@ocm/testing';
import { type Cluster, entryOf, type Lab, startLab } from './lab.ts';

const warnings: unknown[] = [];
const log: Logger = { ...silentLogger, warn: (fields: unknown) => void warnings.push(fields) };

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent({ log, intervals: { statusSyncMs: 60_000, collectMs: 100 } });
});
afterAll(() => lab.stop());

const resourceIdentifier = { resource: 'configmaps', name: '*', namespace: '*' };
const allOf = (...names: readonly string[]): readonly FeedbackRule[] => [
  { type: 'JSONPaths', jsonPaths: names.map((name) => ({ name, path: '.data.key' })) },
];

async function syncedOf(work: string) {
  const entry = entryOf(await cluster.work(work), 0);
  const condition = findCondition(entry?.conditions, 'StatusFeedbackSynced');
  if (condition === undefined) throw new Error(JSON.stringify(entry?.conditions));
  return { condition, values: entry?.statusFeedback?.values ?? [] };
}

test('a status that is too large for the hub is written without its values, and other works go on', async () => {
  const manifests = [aConfigMap({ name: 'large', namespace, data: { key: 'x'.repeat(200_000) } })];
  const manifestConfigs = [{ resourceIdentifier, feedbackRules: allOf('a', 'b', 'c', 'd', 'e', 'f') }];
  await cluster.create({ name: 'large', manifests, manifestConfigs });
  await cluster.create({ name: 'small', manifests: [aConfigMap({ name: 'small', namespace })] });
  await cluster.untilCondition('small', 'Available', 'True');
  await cluster.untilCondition('large', 'Available', 'True');
  const { condition, values } = await syncedOf('large');
  expect(values).toEqual([]);
  expect(condition).toMatchObject({ status: 'False', reason: 'StatusFeedbackSyncFailed' });
  expect(condition.message).toContain('too large for the hub');
});

test('two values of one name do not have the status refused', async () => {
  const manifests = [aConfigMap({ name: 'twice', namespace, data: { key: 'one' } })];
  await cluster.create({
    name: 'twice',
    manifests,
    manifestConfigs: [{ resourceIdentifier, feedbackRules: [...allOf('a'), ...allOf('a')] }],
  });
  await cluster.untilCondition('twice', 'Available', 'True');
  const { condition, values } = await syncedOf('twice');
  expect(values).toEqual([{ name: 'a', fieldValue: { type: 'String', string: 'one' } }]);
  expect(condition.message).toBe(
    'Sync status feedback failed with error the value a is asked for more than once, the first is reported',
  );
});

test('a status that the hub refuses is written without its values, and with them when it takes them again', async () => {
  lab.hubProxy.inject({
    fault: { kind: 'status', code: 422 },
    when: { verb: 'patch', resource: 'manifestworks/status', name: 'refused' },
    times: 1,
  });
  const manifests = [aConfigMap({ name: 'refused', namespace, data: { key: 'one' } })];
  const manifestConfigs = [{ resourceIdentifier, feedbackRules: allOf('a') }];
  await cluster.create({ name: 'refused', manifests, manifestConfigs });
  await until(async () => (await syncedOf('refused')).values.length === 1, { describe: 'the value is reported' });
  expect(warnings).toContainEqual(
    expect.objectContaining({ work: 'refused', why: expect.stringContaining('refuses') }),
  );
});
