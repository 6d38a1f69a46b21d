import {
  type DecisionGroup,
  type Kind,
  type KubeObject,
  labels,
  Namespace,
  Placement,
  PlacementDecision,
  type PrioritizerConfiguration,
} from '@ocm/api';
import { isKubeError, type KubeMetrics } from '@ocm/kube';
import { aNamespace, aPlacementDecision, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlacementLab, startPlacementLab, Tenant } from './placement-lab.ts';

// Balance looks at all decisions of the hub, so that what one test leaves behind would move the scores of the next.

let lab: PlacementLab;
beforeAll(async () => {
  lab = await startPlacementLab({ controllerManager: true });
});
afterAll(async () => lab[Symbol.asyncDispose]());

const NO_METRICS: KubeMetrics = {
  queueDepth: () => undefined,
  queueAdd: () => undefined,
  queueRetry: () => undefined,
  queueLatency: () => undefined,
  workDuration: () => undefined,
  workStarted: () => () => undefined,
  request: () => undefined,
  watchRestart: () => undefined,
  leading: () => undefined,
};

const builtIn = (word: string, weight: number): PrioritizerConfiguration => ({
  scoreCoordinate: { type: 'BuiltIn', builtIn: word },
  weight,
});

const resources = (cpu: string): object => ({ allocatable: { cpu }, capacity: { cpu } });

const group = (groupName: string, matchLabels: Record<string, string>): DecisionGroup => ({
  groupName,
  groupClusterSelector: { labelSelector: { matchLabels } },
});

/** A slice that somebody has written, with its decisions. */
async function addSlice(over: Parameters<typeof aPlacementDecision>[0]): Promise<void> {
  const slices = lab.admin.kind(PlacementDecision);
  const wanted = aPlacementDecision(over);
  const created = await slices.create(wanted, { signal: lab.signal });
  if (wanted.status) await slices.patchStatus(created, wanted.status, { signal: lab.signal });
}

/** Slices of nobody in particular that choose each cluster so many times. */
async function choose(namespace: string, times: Readonly<Record<string, number>>): Promise<void> {
  await lab.admin.kind(Namespace).create(aNamespace({ name: namespace }), { signal: lab.signal });
  const all = Object.entries(times).flatMap(([cluster, count]) =>
    Array.from({ length: count }, (_, round) => ({ cluster, round })),
  );
  await Promise.all(
    all.map(({ cluster, round }) => addSlice({ namespace, placement: `${cluster}-${round}`, clusters: [cluster] })),
  );
}

async function removeDecisions(): Promise<void> {
  await removeAll(Placement);
  await removeAll(PlacementDecision);
}

async function removeAll<T extends KubeObject>(kind: Kind<T>): Promise<void> {
  const resource = lab.admin.kind(kind);
  for await (const { items } of resource.list({ signal: lab.signal })) {
    for (const { metadata } of items) {
      // The garbage collector may be quicker.
      await resource.delete(metadata, { signal: lab.signal }).catch((error: unknown) => {
        if (!isKubeError(error, 'not-found')) throw error;
      });
    }
  }
}

async function scoreNote(t: Tenant): Promise<string | undefined> {
  const scores = await until(async () => (await t.events()).find(({ reason }) => reason === 'ScoreUpdate'), {
    describe: 'the scores are told',
  });
  return scores.note;
}

describe('Balance', () => {
  test('[placement 54] avoids what others have selected', async () => {
    const t = await Tenant.withSet(lab, 'b54');
    await t.addClusters(['c1'], { ...resources('10'), labels: { only: 'c1', [labels.clusterSet]: 'b54' } });
    await t.addClusters(['c2'], resources('7'));
    await t.addClusters(['c3'], resources('9'));
    await using _running = await lab.start();
    await t.place('first', {
      predicates: [{ requiredClusterSelector: { labelSelector: { matchLabels: { only: 'c1' } } } }],
    });
    await t.decides('first', ['c1']);
    const configurations = [builtIn('Balance', 2), builtIn('ResourceAllocatableCPU', 1)];
    await t.place('p', { numberOfClusters: 2, prioritizerPolicy: { mode: 'Exact', configurations } });
    await t.decides('p', ['c2', 'c3']);
  });
});

describe('worked examples as objects', () => {
  test('[placement 69] 7.1: default policy, eviction despite Steady', async () => {
    await removeDecisions();
    const t = await Tenant.withSet(lab, 'e71');
    await t.addClusters(['alpha', 'bravo', 'charlie', 'delta']);
    await choose('e71-others', { 'e71-alpha': 1, 'e71-bravo': 3, 'e71-charlie': 2, 'e71-zulu': 5 });
    await addSlice({ namespace: 'e71', placement: 'web', clusters: ['e71-bravo', 'e71-charlie'] });
    await t.place('web', { numberOfClusters: 2 });
    await using _running = await lab.start();
    await t.decides('web', ['charlie', 'delta']);
    expect(await scoreNote(t)).toBe('e71-alpha:60 e71-bravo:82 e71-charlie:118 e71-delta:100 ');
  });

  test('[placement 69] 7.2: Additive with overrides, missing resource, expired add-on score, negative weight', async () => {
    await removeDecisions();
    const t = await Tenant.withSet(lab, 'e72');
    const full = { cpu: '10', memory: '100' };
    await t.addClusters(['east-1'], { allocatable: { cpu: '7', memory: '50' }, capacity: full });
    await t.addClusters(['east-2'], { allocatable: { cpu: '10', memory: '90' }, capacity: full });
    await t.addClusters(['west-1'], { allocatable: { cpu: '9', memory: '80' }, capacity: full });
    await t.addClusters(['west-2'], { allocatable: { cpu: '8', memory: '70' }, capacity: { memory: '100' } });
    await t.score('east-1', { latency: 20 });
    await t.score('east-2', { latency: 80 });
    await t.score('west-1', { latency: 10 });
    await t.score('west-2', { latency: 95 }, '2020-01-01T00:00:00Z');
    await choose('e72-others', { 'e72-east-2': 2, 'e72-west-2': 1 });
    await addSlice({ namespace: 'e72', placement: 'p', clusters: ['e72-east-2'] });
    const configurations = [
      builtIn('Steady', 2),
      builtIn('ResourceAllocatableCPU', 1),
      builtIn('ResourceAllocatableMemory', 2),
      { scoreCoordinate: { type: 'AddOn', addOn: { resourceName: 'e72', scoreName: 'latency' } }, weight: -3 } as const,
    ];
    await t.place('p', { numberOfClusters: 3, prioritizerPolicy: { mode: 'Additive', configurations } });
    await using _running = await lab.start();
    await t.decides('p', ['east-2', 'west-1', 'west-2']);
    await t.reports('p', 'PlacementSatisfied', 'True AllDecisionsScheduled: All cluster decisions scheduled');
    expect(await scoreNote(t)).toBe('e72-east-1:-260 e72-east-2:160 e72-west-1:203 e72-west-2:0 ');
    const update = await until(async () => (await t.events()).find(({ reason }) => reason === 'DecisionUpdate'), {
      describe: 'the event of the decision',
    });
    expect(update).toMatchObject({
      type: 'Warning',
      note: expect.stringMatching(/: AddOnPlacementScores e72-west-2\/e72 expired in plugin AddOn\/e72\/latency$/),
    });
  });

  test('[placement 69] 7.3: Exact mode, ties, percentage groups', async () => {
    await removeDecisions();
    const t = await Tenant.withSet(lab, 'e73');
    const values = { c01: 30, c02: 30, c03: -20, c04: 100, c06: 30, c07: 55, c08: 0, c09: -100 };
    const set = { [labels.clusterSet]: 'e73' };
    await t.addClusters(['c02'], { labels: { ...set, env: 'canary', tier: 'gpu' } });
    await t.addClusters(['c04'], { labels: { ...set, tier: 'gpu' } });
    await t.addClusters(['c05', 'c07'], { labels: { ...set, env: 'canary' } });
    await t.addClusters(['c01', 'c03', 'c06', 'c08', 'c09', 'c10']);
    for (const [suffix, free] of Object.entries(values)) await t.score(suffix, { free });
    await t.score('c10', { other: 9 });
    const decisionGroups = [group('canary', { env: 'canary' }), group('gpu', { tier: 'gpu' })];
    await t.place('p', {
      numberOfClusters: 7,
      prioritizerPolicy: {
        mode: 'Exact',
        configurations: [
          { scoreCoordinate: { type: 'AddOn', addOn: { resourceName: 'e73', scoreName: 'free' } }, weight: 1 },
        ],
      },
      decisionStrategy: { groupStrategy: { clustersPerDecisionGroup: '28%', decisionGroups } },
    });
    await using _running = await lab.start();
    await until(async () => (await t.placement('p')).status?.numberOfSelectedClusters === 7, {
      describe: 'seven are selected',
    });
    const slices = (await t.slices('p')).map(({ metadata, status }) => [
      metadata.name,
      `${metadata.labels?.[labels.decisionGroupIndex]}/${metadata.labels?.[labels.decisionGroupName]}`,
      status?.decisions.map(({ clusterName }) => clusterName.slice('e73-'.length)).join(' '),
    ]);
    expect(slices).toEqual([
      ['p-decision-1', '0/canary', 'c02 c05'],
      ['p-decision-2', '1/canary', 'c07'],
      ['p-decision-3', '2/gpu', 'c04'],
      ['p-decision-4', '3/', 'c01 c06'],
      ['p-decision-5', '4/', 'c08'],
    ]);
    const counts = (await t.placement('p')).status?.decisionGroups?.map(({ clusterCount }) => clusterCount);
    expect(counts).toEqual([2, 1, 1, 2, 1]);
    const totals = 'c01:30 c02:30 c03:-20 c04:100 c05:0 c06:30 c07:55 c08:0 c09:-100 c10:0 ';
    expect(await scoreNote(t)).toBe(totals.replaceAll('c', 'e73-c'));
  });
});

test('[placement 17] a restart on unchanged inputs writes nothing', async () => {
  await removeDecisions();
  const t = await Tenant.withSet(lab, 'b17');
  await t.addClusters(['c1', 'c2', 'c3']);
  const versions = async (): Promise<unknown> => {
    const objects = [...(await t.listAll(Placement)), ...(await t.listAll(PlacementDecision))];
    return objects.map(({ metadata }) => [metadata.name, metadata.resourceVersion]);
  };
  {
    await using _first = await lab.start();
    await t.place('p', { numberOfClusters: 2 });
    await t.decides('p', ['c1', 'c2']);
    await t.place('all');
    await t.decides('all', ['c1', 'c2', 'c3']);
  }
  const before = await versions();
  let runs = 0;
  await using _second = await lab.start({ kubeMetrics: { ...NO_METRICS, workDuration: () => void (runs += 1) } });
  await until(() => runs >= 2, { describe: 'both Placements have been looked at' });
  // A live change shows that the controller is at work, and that what it has seen gave it nothing to do.
  await t.place('witness');
  await t.decides('witness', ['c1', 'c2', 'c3']);
  const after = (await versions()) as readonly (readonly unknown[])[];
  expect(after.filter(([name]) => !String(name).startsWith('witness'))).toEqual(before);
});
