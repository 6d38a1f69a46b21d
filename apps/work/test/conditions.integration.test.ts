import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type ConditionRule, ConfigMap, findCondition, type KubeObject, type ManifestConfig } from '@ocm/api';
import { aConfigMap, until } from '@ocm/testing';
import { test } from './driver.ts';
import { Job } from './kinds.ts';
import { type Cluster, conditionsOf, entryOf, expectPrompt, type Lab, startLab } from './lab.ts';

const COMPLETE: ConditionRule = { type: 'WellKnownConditions', condition: 'Complete' };
const START = '2026-01-01T00:00:00Z';

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent({ intervals: { statusSyncMs: 60_000, collectMs: 100 } });
});
afterAll(() => lab.stop());

const aJob = (name: string): KubeObject & { readonly spec: object } => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'example.com/a:1' }] } } },
});
const jobRules = (...conditionRules: readonly ConditionRule[]): readonly ManifestConfig[] => [
  {
    resourceIdentifier: { group: 'batch', resource: 'jobs', name: '*', namespace: '*' },
    conditionRules,
    updateStrategy: { type: 'CreateOnly' },
  },
];
const mapRules = (...conditionRules: readonly ConditionRule[]): readonly ManifestConfig[] => [
  { resourceIdentifier: { resource: 'configmaps', name: '*', namespace: '*' }, conditionRules },
];
const phaseIs = (phase: string): ConditionRule => ({
  type: 'CEL',
  condition: 'Complete',
  celExpressions: [`object.data.phase == "${phase}"`],
});
const aMap = (name: string, data: Readonly<Record<string, string>>) => aConfigMap({ name, namespace, data });

function setJobStatus(name: string, status: object): Promise<KubeObject> {
  return lab.admin.kind(Job).mergePatch({ namespace, name }, { status }, { ...lab, subresource: 'status' });
}

async function finish(name: string): Promise<void> {
  await setJobStatus(name, { startTime: START, active: 1, ready: 0 });
  const condition = (type: string) => ({ type, status: 'True', reason: 'R', message: '', lastTransitionTime: START });
  await setJobStatus(name, { active: 0, succeeded: 1, conditions: [condition('SuccessCriteriaMet')] });
  const conditions = [condition('SuccessCriteriaMet'), condition('Complete')];
  await setJobStatus(name, { completionTime: START, conditions });
}

/** Waits for a condition of a manifest. */
function untilOfManifest(
  work: string,
  { type, ordinal = 0, ...expected }: { type: string; ordinal?: number; status: string },
) {
  return until(
    async () => {
      const entry = entryOf(await cluster.work(work), ordinal);
      const condition = findCondition(entry?.conditions, type);
      if (condition?.status !== expected.status) throw new Error(JSON.stringify(entry));
      return condition;
    },
    { describe: `manifest ${ordinal} of ${work} is ${type}=${expected.status}` },
  );
}

describe('completion', () => {
  test('[work 52] a Job is not complete while it runs, and complete when it is finished', async () => {
    await cluster.create({ name: 'job', manifests: [aJob('job')], manifestConfigs: jobRules(COMPLETE) });
    expect(await cluster.untilCondition('job', 'Complete', 'False')).toMatchObject({
      reason: 'ConditionRulesAggregated',
      message: 'Job is not finished',
    });
    await finish('job');
    expect(await cluster.untilCondition('job', 'Complete', 'True')).toMatchObject({
      reason: 'ConditionRulesAggregated',
      message: 'Job is finished',
    });
    expect(await untilOfManifest('job', { type: 'Complete', status: 'True' })).toMatchObject({
      reason: 'ConditionRuleEvaluated',
      message: 'Job is finished',
      observedGeneration: 1,
    });
  });

  test('[work 55] a work is not complete before all of its manifests are', async () => {
    const manifests = [aMap('both-a', { phase: 'done' }), aMap('both-b', { phase: 'new' })];
    await cluster.create({ name: 'both', manifests, manifestConfigs: mapRules(phaseIs('done')) });
    const { message } = await cluster.untilCondition('both', 'Complete', 'False');
    expect(message).toBe('Aggregated from 2 manifest conditions');
    await untilOfManifest('both', { type: 'Complete', status: 'True' });
    await untilOfManifest('both', { type: 'Complete', ordinal: 1, status: 'False' });
  });

  test('[work 57] a complete work is not applied any more, until its rule goes', async () => {
    const rules = mapRules(phaseIs('done'));
    await cluster.create({
      name: 'done',
      manifests: [aMap('done', { phase: 'done', x: '1' })],
      manifestConfigs: rules,
    });
    await cluster.untilCondition('done', 'Complete', 'True');
    await cluster.update('done', { manifests: [aMap('done', { phase: 'done', x: '2' })], manifestConfigs: rules });
    await cluster.untilCondition('done', 'Complete', 'True'); // for the new generation
    expect((await cluster.object(ConfigMap, 'done'))?.data).toEqual({ phase: 'done', x: '1' });
    await cluster.patch('done', { spec: { manifestConfigs: null } });
    await until(async () => (await cluster.object(ConfigMap, 'done'))?.data?.['x'] === '2', {
      describe: 'it is applied',
    });
    await until(async () => !conditionsOf((await cluster.work('done'))?.status).includes('Complete=True'), {
      describe: 'it is not complete any more',
    });
  });
});

test('[work 53] a well-known condition that nobody knows does not appear', async () => {
  const rules = jobRules({ type: 'WellKnownConditions', condition: 'Unheard' }, COMPLETE);
  await cluster.create({ name: 'unheard', manifests: [aJob('unheard')], manifestConfigs: rules });
  await cluster.untilCondition('unheard', 'Complete', 'False');
  const work = await cluster.work('unheard');
  const found = [...conditionsOf(work?.status), ...conditionsOf(entryOf(work, 0))];
  expect(found.filter((each) => each.startsWith('Unheard'))).toEqual([]);
});

test('[work 54] an expression with an undeclared name is False, and says why', async () => {
  const rule = { type: 'CEL', condition: 'Wrong', celExpressions: ['nobody.data.x == "y"'] } as const;
  await cluster.create({ name: 'wrong', manifests: [aMap('wrong', {})], manifestConfigs: mapRules(rule) });
  const { reason, message } = await untilOfManifest('wrong', { type: 'Wrong', status: 'False' });
  expect(reason).toBe('ConditionRuleExpressionError');
  expect(message).toContain("undeclared reference to 'nobody'");
  await cluster.untilCondition('wrong', 'Wrong', 'False');
});

test('[work 56] the condition of a deleted rule disappears at both levels', async () => {
  const rule: ConditionRule = { ...phaseIs('x'), condition: 'example.com/Fine' };
  const manifests = [aMap('rule', { phase: 'y' })];
  await cluster.create({ name: 'rule', manifests, manifestConfigs: mapRules(rule) });
  await cluster.untilCondition('rule', 'example.com/Fine', 'False');
  await cluster.update('rule', { manifests, manifestConfigs: mapRules({ ...rule, condition: 'Other' }) });
  await cluster.untilCondition('rule', 'Other', 'False');
  const work = await cluster.work('rule');
  const found = [...conditionsOf(work?.status), ...conditionsOf(entryOf(work, 0))];
  expect(found.filter((each) => each.startsWith('example.com'))).toEqual([]);
});

test('rules that cannot be conditions are left out, and the others are reported', async () => {
  const rules = mapRules(
    { type: 'CEL', condition: 'two words' },
    { type: 'CEL', condition: 'Available', celExpressions: ['false'] },
    { type: 'CEL', condition: 'Fine' },
  );
  await cluster.create({ name: 'names', manifests: [aMap('names', {})], manifestConfigs: rules });
  await cluster.untilCondition('names', 'Fine', 'True');
  expect(conditionsOf(entryOf(await cluster.work('names'), 0))).toEqual([
    'Applied=True',
    'Available=True',
    'StatusFeedbackSynced=True',
    'Fine=True',
  ]);
});

test('a condition follows the object within two seconds', async () => {
  const rules: readonly ManifestConfig[] = mapRules({ ...phaseIs('done'), condition: 'Good' }).map((config) => ({
    ...config,
    updateStrategy: { type: 'CreateOnly' },
  }));
  await cluster.create({ name: 'soon', manifests: [aMap('soon', { phase: 'new' })], manifestConfigs: rules });
  await cluster.untilCondition('soon', 'Good', 'False');
  await until(() => lab.spokeProxy.requests({ verb: 'watch', resource: 'configmaps', namespace }).length > 0, {
    describe: 'its namespace is watched',
  });
  await expectPrompt(2000, async (round) => {
    const [phase, status] = round % 2 === 1 ? (['done', 'True'] as const) : (['new', 'False'] as const);
    await lab.admin.kind(ConfigMap).mergePatch({ namespace, name: 'soon' }, { data: { phase } }, lab);
    await cluster.untilCondition('soon', 'Good', status);
  });
});
