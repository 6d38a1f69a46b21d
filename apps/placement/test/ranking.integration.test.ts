import { type PrioritizerConfiguration, type PlacementSpec, type Taint, timestamp } from '@ocm/api';
import { compareNames } from '@ocm/fleet';
import { silentLogger } from '@ocm/kube';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSchedulingMetrics } from '../src/controller/scheduling-metrics.ts';
import { type PlacementLab, startPlacementLab, Tenant } from './placement-lab.ts';

const CONFIGURED = 'False Succeedconfigured: Placement configurations check pass';

let lab: PlacementLab;
const metrics = createSchedulingMetrics();
/** Keys of reconciles, in their order. */
const scheduled: string[] = [];
const runsOf = (placement: string): number => scheduled.filter((each) => each === placement).length;
const log = {
  ...silentLogger,
  debug(fields: { readonly placement?: string }, message: string) {
    if (message === 'scheduling' && fields.placement !== undefined) scheduled.push(fields.placement);
  },
};

beforeAll(async () => {
  lab = await startPlacementLab();
  await lab.start({ log, metrics });
});
afterAll(async () => lab[Symbol.asyncDispose]());

const tenantOf = (name: string): Promise<Tenant> => Tenant.withSet(lab, name);

const builtIn = (word: string, weight = 1): PrioritizerConfiguration => ({
  scoreCoordinate: { type: 'BuiltIn', builtIn: word },
  weight,
});
const addOn = (resourceName: string, weight = 1): PrioritizerConfiguration => ({
  scoreCoordinate: { type: 'AddOn', addOn: { resourceName, scoreName: 'free' } },
  weight,
});
function weighed(
  numberOfClusters: number,
  mode: string,
  ...configurations: readonly PrioritizerConfiguration[]
): PlacementSpec {
  return { numberOfClusters, prioritizerPolicy: { mode, configurations } };
}

/** Allocatable, of as much capacity. */
function resources(cpu: number, memory: number): object {
  const amounts = { cpu: String(cpu), memory: String(memory) };
  return { allocatable: amounts, capacity: { cpu: '100', memory: '100' } };
}

const exists = (key: string, tolerationSeconds?: number): object => ({
  tolerations: [{ key, operator: 'Exists', ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }) }],
});
const taint = (effect: Taint['effect'], agoSeconds = 0): Taint => ({
  key: 'k',
  value: 'v',
  effect,
  timeAdded: timestamp(new Date(Date.now() - agoSeconds * 1000)),
});

const addThree = async (t: Tenant): Promise<void> => {
  await t.addClusters(['c1'], resources(10, 50));
  await t.addClusters(['c2'], resources(7, 90));
  await t.addClusters(['c3'], resources(9, 80));
};

describe('taints', () => {
  test('[placement 42, 43] NoSelect keeps a cluster out unless it is tolerated', async () => {
    const t = await tenantOf('r42');
    await t.addClusters(['c1'], { taints: [taint('NoSelect')] });
    await t.addClusters(['c2']);
    await t.addClusters(['c3'], { taints: [taint('NoSelectIfNew')] });
    await t.place('p');
    await t.decides('p', ['c2']);
    await t.changePlacement('p', { spec: exists('k') });
    await t.decides('p', ['c1', 'c2', 'c3']);
    const equal = [{ key: 'k', operator: 'Equal', value: 'w', effect: 'NoSelect' }];
    await t.changePlacement('p', { spec: { tolerations: equal } });
    await t.decides('p', ['c2', 'c3']);
    await t.place('fresh', { tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoSelect' }] });
    await t.decides('fresh', ['c1', 'c2']);
  });

  test('[placement 44] PreferNoSelect keeps nobody out, but ranks behind all others', async () => {
    const t = await tenantOf('r44');
    await t.addClusters(['c1'], { taints: [taint('PreferNoSelect')] });
    await t.place('p');
    await t.decides('p', ['c1']);
    await t.addClusters(['c2']);
    await t.decides('p', ['c1', 'c2']);
    await t.changePlacement('p', { spec: { numberOfClusters: 1 } });
    await t.decides('p', ['c2']);
    await t.changePlacement('p', { spec: { numberOfClusters: 2 } });
    await t.decides('p', ['c1', 'c2']);
  });

  test('[placement 45, 46] NoSelectIfNew leaves what is selected, NoSelect does not', async () => {
    const t = await tenantOf('r45');
    await t.addClusters(['c1', 'c2']);
    await t.place('p');
    await t.decides('p', ['c1', 'c2']);
    await t.changeCluster('c1', { spec: { taints: [taint('NoSelectIfNew')] } });
    await t.place('fresh');
    await t.decides('fresh', ['c2']);
    expect(await t.decisions('p')).toEqual(['c1', 'c2']);
    await t.changeCluster('c2', { spec: { taints: [taint('NoSelect')] } });
    await t.decides('p', ['c1']);
  });

  test('[placement 47] a toleration that runs out takes its cluster away, without any other event', async () => {
    const t = await tenantOf('r47');
    await t.addClusters(['c1', 'c2', 'c3']);
    await t.place('p', {
      tolerations: [
        { key: 'short', operator: 'Exists', tolerationSeconds: 10 },
        { key: 'long', operator: 'Exists', tolerationSeconds: 20 },
      ],
    });
    await t.decides('p', ['c1', 'c2', 'c3']);
    const addedMs = Math.floor(Date.now() / 1000) * 1000;
    const timeAdded = timestamp(new Date(addedMs));
    await t.changeCluster('c1', { spec: { taints: [{ key: 'short', effect: 'NoSelect', timeAdded }] } });
    await t.changeCluster('c2', { spec: { taints: [{ key: 'long', effect: 'NoSelect', timeAdded }] } });
    await t.decides('p', ['c2', 'c3']);
    expect(Date.now() - addedMs).toBeGreaterThanOrEqual(10_000);
    await t.decides('p', ['c3']);
    expect(Date.now() - addedMs).toBeGreaterThanOrEqual(20_000);
  });

  test('[placement 48] a taint that is older than its toleration is not tolerated', async () => {
    const t = await tenantOf('r48');
    await t.addClusters(['c1'], { taints: [taint('NoSelect', 60)] });
    await t.addClusters(['c2']);
    await t.place('p', exists('k', 20));
    await t.decides('p', ['c2']);
  });

  test('[placement 49, 50] a toleration that contradicts itself is reported until it is mended', async () => {
    const t = await tenantOf('r49');
    await t.addClusters(['c1']);
    await t.place('p', { tolerations: [{ key: 'k', operator: 'Exists', value: 'v' }] });
    const text = 'True Misconfigured: TaintToleration:If the operator is Exists, the value should be empty.';
    await t.reports('p', 'PlacementMisconfigured', text);
    expect(await t.decisions('p')).toEqual([]);
    await t.changePlacement('p', { spec: { tolerations: [{ operator: 'Equal', value: 'v' }] } });
    const other = 'True Misconfigured: TaintToleration:If the key is empty, operator must be Exists.';
    await t.reports('p', 'PlacementMisconfigured', other);
    await t.changePlacement('p', { spec: exists('k') });
    await t.decides('p', ['c1']);
    await t.reports('p', 'PlacementMisconfigured', CONFIGURED);
  });
});

describe('prioritizers', () => {
  const both = [builtIn('ResourceAllocatableCPU'), builtIn('ResourceAllocatableMemory')];

  test('[placement 51, 52] the most allocatable wins, also when it comes later', async () => {
    const t = await tenantOf('r51');
    await addThree(t);
    await t.place('p', weighed(2, 'Exact', ...both));
    await t.decides('p', ['c1', 'c3']);
    await t.addClusters(['c4'], resources(10, 100));
    await t.decides('p', ['c3', 'c4']);
    await t.deleteCluster('c4');
    await t.decides('p', ['c1', 'c3']);
  });

  test('[placement 53] Steady holds the selection while others move', async () => {
    const t = await tenantOf('r53');
    await addThree(t);
    await t.place('p', weighed(2, 'Additive', builtIn('Steady', 3), ...both));
    await t.decides('p', ['c1', 'c3']);
    await t.place('second', {
      predicates: [{ requiredClusterSelector: { labelSelector: { matchLabels: { only: 'c2' } } } }],
    });
    await t.changeCluster('c2', { metadata: { labels: { only: 'c2' } } });
    await t.decides('second', ['c2']);
    await t.addClusters(['c4'], resources(10, 100));
    // A Placement that takes everything shows when the newcomer has been seen.
    await t.place('all');
    await t.decides('all', ['c1', 'c2', 'c3', 'c4']);
    await t.decides('p', ['c1', 'c3']);
  });

  test('[placement 55] names break ties', async () => {
    const t = await tenantOf('r55');
    await t.addClusters(['c3', 'c10', 'c2']);
    await t.place('p', weighed(2, 'Exact'));
    await t.decides('p', ['c10', 'c2']);
  });

  test('[placement 56, 57] add-on scores rank as soon as they are there, and backwards with a negative weight', async () => {
    const t = await tenantOf('r56');
    await t.addClusters(['c1', 'c2', 'c3']);
    await t.place('p', weighed(2, 'Exact', addOn('r56')));
    await t.decides('p', ['c1', 'c2']);
    await t.score('c1', { free: 80 });
    await t.score('c2', { free: 90 });
    await t.score('c3', { free: 100 });
    await t.decides('p', ['c2', 'c3']);
    await t.score('c1', { free: 100 });
    await t.decides('p', ['c1', 'c3']);
    await t.changePlacement('p', { spec: weighed(2, 'Exact', addOn('r56', -1)) });
    await t.decides('p', ['c1', 'c2']);
  });

  test('[placement 58] an expired score counts 0 and makes the event a warning', async () => {
    const t = await tenantOf('r58');
    await t.addClusters(['c1', 'c2', 'c3']);
    await t.score('c3', { free: 90 }, '2020-01-01T00:00:00Z');
    await t.score('c2', { free: 10 });
    await t.place('p', weighed(1, 'Exact', addOn('r58')));
    await t.decides('p', ['c2']);
    const warning = await until(
      async () => (await t.events()).find(({ type, reason }) => type === 'Warning' && reason === 'DecisionUpdate'),
      { describe: 'a warning' },
    );
    expect(warning.note).toMatch(/: AddOnPlacementScores r58-c3\/r58 expired in plugin AddOn\/r58\/free$/);
    await t.reports('p', 'PlacementMisconfigured', CONFIGURED);
  });

  test('[placement 59] a score of a cluster that a Placement cannot reach does not concern it', async () => {
    const [near, far] = [await tenantOf('r59'), await tenantOf('r59-far')];
    await near.addClusters(['c1']);
    await far.addClusters(['c1', 'c2']);
    await near.place('p', weighed(1, 'Exact', addOn('r59-far')));
    await far.place('p', weighed(1, 'Exact', addOn('r59-far')));
    await near.decides('p', ['c1']);
    await until(async () => (await far.slices('p'))[0]?.status?.decisions[0]?.clusterName === 'r59-far-c1', {
      describe: 'the far one has decided',
    });
    await near.reports('p', 'PlacementMisconfigured', CONFIGURED);
    await far.score('c2', { free: 1 });
    await until(async () => (await far.slices('p'))[0]?.status?.decisions[0]?.clusterName === 'r59-far-c2', {
      describe: 'the far one has moved',
    });
    // Something else may wake the near one, its own writes for one; a score that did would do so each time.
    const wakesNear = async (cluster: string, free: number): Promise<boolean> => {
      const before = runsOf('r59/p');
      await far.score(cluster, { free });
      await until(async () => (await far.slices('p'))[0]?.status?.decisions[0]?.clusterName === `r59-far-${cluster}`, {
        describe: `the far one has moved to ${cluster}`,
      });
      return runsOf('r59/p') !== before;
    };
    expect(runsOf('r59/p')).toBeGreaterThan(0);
    for (let round = 1; await wakesNear(round % 2 === 1 ? 'c1' : 'c2', round + 1); round += 1) {
      expect(round).toBeLessThan(10);
    }
  });

  test('[placement 60, 61] unknown words are reported unless they weigh nothing', async () => {
    const t = await tenantOf('r60');
    await t.addClusters(['c1']);
    await t.place('p', weighed(1, 'Additive', builtIn('Spread')));
    await t.reports('p', 'PlacementMisconfigured', 'True Misconfigured: :incorrect builtin prioritizer: Spread');
    await t.changePlacement('p', { spec: weighed(1, 'Additive', builtIn('Spread', 0)) });
    await t.decides('p', ['c1']);
    await t.changePlacement('p', { spec: weighed(1, 'Foo') });
    await t.reports('p', 'PlacementMisconfigured', 'True Misconfigured: :incorrect prioritizer policy mode: Foo');
    await t.decides('p', []);
  });

  test('weights go from -10 to 10 and scores from -100 to 100; the API server refuses others', async () => {
    const t = await tenantOf('limits');
    await t.addClusters(['c1']);
    await t.place('most', weighed(1, 'Exact', builtIn('Balance', 10), builtIn('Steady', -10)));
    await t.decides('most', ['c1']);
    await t.score('c1', { most: 100, least: -100 });
    for (const weight of [11, -11]) {
      await expect(t.place('more', weighed(1, 'Exact', builtIn('Balance', weight)))).rejects.toThrow('weight');
    }
    for (const score of [101, -101]) await expect(t.score('c1', { score })).rejects.toThrow('value');
  });

  test('[placement 62] fields without effect have none', async () => {
    const t = await tenantOf('r62');
    await t.addClusters(['c1', 'c2', 'c3'], resources(1, 1));
    const spec = weighed(2, 'Exact', builtIn('ResourceAllocatableCPU'));
    const spreadConstraints = [
      { topologyKey: 'zone', topologyKeyType: 'Label', whenUnsatisfiable: 'DoNotSchedule' } as const,
    ];
    await t.place('plain', spec);
    await t.place('adorned', { ...spec, sortBy: 'Score', spreadPolicy: { spreadConstraints } });
    await t.decides('plain', ['c1', 'c2']);
    await t.decides('adorned', ['c1', 'c2']);
    const [plain, adorned] = [await t.slices('plain'), await t.slices('adorned')];
    expect(adorned[0]?.status).toEqual(plain[0]?.status);
    expect(JSON.stringify(adorned[0]?.status)).not.toContain('score');
  });

  test('[placement 72] scores that do not change the selection write nothing', async () => {
    const t = await tenantOf('r72');
    await t.addClusters(['c1', 'c2']);
    await t.score('c1', { free: 50 });
    await t.place('first', weighed(1, 'Exact', addOn('r72', -1)));
    await t.decides('first', ['c2']); // the score has been seen
    await t.place('p', weighed(1, 'Exact', addOn('r72')));
    await t.decides('p', ['c1']);
    await until(async () => (await t.eventsOf('p')).length === 3, { describe: 'the first three events' });
    const [before] = await t.slices('p');
    await t.score('c1', { free: 60 });
    await t.score('c2', { free: 40 });
    // Another Placement shows that the controller has seen both.
    await t.place('witness', weighed(1, 'Exact', addOn('r72', -1)));
    await t.decides('witness', ['c2']);
    const [after] = await t.slices('p');
    expect(after?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
    const told = await t.eventsOf('p');
    expect(told.map(({ reason = '', series }) => `${reason} ${series?.count ?? 1}`).toSorted(compareNames)).toEqual([
      'DecisionCreate 1',
      'DecisionUpdate 1',
      'ScoreUpdate 1',
    ]);
  });
});

test('durations are measured: of scheduling, of writing, of each plugin and of CEL', async () => {
  const t = await tenantOf('r73');
  await t.addClusters(['c1']);
  await t.place('p', { predicates: [{ requiredClusterSelector: { celSelector: { celExpressions: ['true'] } } }] });
  await t.decides('p', ['c1']);
  const text = await metrics.source.metrics();
  const count = (series: string): number =>
    Number(new RegExp(`^${RegExp.escape(series)} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  const name = 'name="placement_scheduling"';
  const plugin = (type: string, word: string): string =>
    `scheduling_plugin_duration_seconds_count{${name},plugin_type="${type}",plugin_name="${word}"}`;
  for (const series of [
    `scheduling_scheduling_duration_seconds_count{${name}}`,
    `scheduling_bind_duration_seconds_count{${name}}`,
    `scheduling_cel_runtime_duration_seconds_count{${name}}`,
    plugin('filter', 'Predicate'),
    plugin('filter', 'TaintToleration'),
    plugin('prioritizer', 'Balance'),
    plugin('prioritizer', 'Steady'),
  ]) {
    expect(count(series)).toBeGreaterThan(0);
  }
});
