import {
  annotations,
  Event,
  labels,
  ManagedCluster,
  ManagedClusterSet,
  ManagedClusterSetBinding,
  Placement,
  PlacementDecision,
} from '@ocm/api';
import { compareNames } from '@ocm/fleet';
import { aCluster, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlacementLab, startPlacementLab, Tenant } from './placement-lab.ts';

const NO_BINDINGS =
  'False NoManagedClusterSetBindings: No valid ManagedClusterSetBindings found in placement namespace';
const NOTHING_MATCHED = 'False NoManagedClusterMatched: No ManagedCluster matches any of the cluster predicate';
const ALL = 'True AllDecisionsScheduled: All cluster decisions scheduled';
const CONFIGURED = 'False Succeedconfigured: Placement configurations check pass';

let lab: PlacementLab;
beforeAll(async () => {
  lab = await startPlacementLab({ controllerManager: true });
  await lab.start();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const tenantOf = (name: string): Promise<Tenant> => Tenant.withSet(lab, name);
const byLabels = (matchLabels: Record<string, string>): object => ({
  requiredClusterSelector: { labelSelector: { matchLabels } },
});

const disabled = (value: string | null): object => ({
  metadata: { annotations: { [annotations.schedulingDisabled]: value } },
});
const byClaim = (value: string, more: object = {}): object => ({
  requiredClusterSelector: {
    claimSelector: { matchExpressions: [{ key: 'cloud', operator: 'In', values: [value] }] },
    ...more,
  },
});

describe('which clusters are available', () => {
  test('[placement 1] without a binding a Placement gets one slice without decisions and says so', async () => {
    const t = new Tenant(lab, 's01');
    await t.addNamespace();
    await t.place('p');
    await t.reports('p', 'PlacementSatisfied', NO_BINDINGS);
    expect(await t.slices('p')).toMatchObject([{ metadata: { name: 'p-decision-1' } }]);
    expect(await t.decisions('p')).toEqual([]);
  });

  test('[placement 2] a binding to a set that does not exist is as good as none', async () => {
    const t = new Tenant(lab, 's02');
    await t.addNamespace();
    await t.bind('s02-missing');
    await t.place('p');
    await t.reports('p', 'PlacementSatisfied', NO_BINDINGS);
    expect((await t.slices('p')).map(({ metadata }) => metadata.name)).toEqual(['p-decision-1']);
    expect(await t.decisions('p')).toEqual([]);
  });

  test('[placement 3, 21] only sets that are bound and wanted count', async () => {
    const t = await tenantOf('s03');
    await t.addSet('s03-b');
    await t.bind('s03-b');
    await t.addClusters(['a1']);
    await t.addClusters(['b1'], { set: 's03-b' });
    await t.place('p', { clusterSets: ['s03-c'] });
    await t.reports(
      'p',
      'PlacementSatisfied',
      'False NoIntersection: None of ManagedClusterSets [s03-c] is bound to placement namespace',
    );
    await t.changePlacement('p', { spec: { clusterSets: null } });
    await t.decides('p', ['a1', 'b1']);
    await t.changePlacement('p', { spec: { clusterSets: ['s03'] } });
    await t.decides('p', ['a1']);
  });

  test('[placement 4] sets without members are listed', async () => {
    const t = await tenantOf('s04');
    await t.place('p');
    await t.reports(
      'p',
      'PlacementSatisfied',
      'False AllManagedClusterSetsEmpty: All ManagedClusterSets [s04] have no member ManagedCluster',
    );
  });

  test('[placement 20] a selected cluster that is being deleted leaves at once', async () => {
    const t = await tenantOf('s20');
    await t.addClusters(['c1'], { finalizers: ['test.example/hold'] });
    await t.addClusters(['c2']);
    await t.place('p');
    await t.decides('p', ['c1', 'c2']);
    await t.deleteCluster('c1');
    await t.decides('p', ['c2']);
    await t.changeCluster('c1', { metadata: { finalizers: null } });
  });

  test('[placement 22] a set that is bound later adds its clusters', async () => {
    const t = await tenantOf('s22');
    await t.addSet('s22-b');
    await t.addClusters(['a1']);
    await t.addClusters(['b1'], { set: 's22-b' });
    await t.place('p');
    await t.decides('p', ['a1']);
    await t.bind('s22-b');
    await t.decides('p', ['a1', 'b1']);
  });

  test('[placement 23] decisions go and come back with the binding', async () => {
    const t = await tenantOf('s23');
    await t.addClusters(['c1']);
    await t.place('p');
    await t.decides('p', ['c1']);
    await t.delete(ManagedClusterSetBinding, t.ref('s23'));
    await t.decides('p', []);
    expect((await t.slices('p'))[0]?.status?.decisions).toEqual([]);
    await t.bind('s23');
    await t.decides('p', ['c1']);
  });

  test('[placement 24] decisions go and come back with the set', async () => {
    const t = await tenantOf('s24');
    await t.addClusters(['c1']);
    await t.place('p');
    await t.decides('p', ['c1']);
    await t.delete(ManagedClusterSet, 's24');
    await t.decides('p', []);
    await t.addSet('s24');
    await t.decides('p', ['c1']);
  });

  test('[placement 25] a cluster enters and leaves a LabelSelector set with its label', async () => {
    const t = new Tenant(lab, 's25');
    await t.addNamespace();
    const labelSelector = { matchLabels: { team: 's25' } };
    await t.addSet('s25', { selector: { selectorType: 'LabelSelector', labelSelector } });
    await t.bind('s25');
    await t.addClusters(['c1', 'c2'], { set: 's25-none' });
    await t.place('p');
    await t.changeCluster('c1', { metadata: { labels: { team: 's25' } } });
    await t.decides('p', ['c1']);
    await t.changeCluster('c1', { metadata: { labels: { team: null } } });
    await t.decides('p', []);
  });

  test('[placement 26] a set with an empty LabelSelector has clusters without any set label', async () => {
    const t = new Tenant(lab, 's26');
    await t.addNamespace();
    await t.addSet('s26-global', { selector: { selectorType: 'LabelSelector', labelSelector: {} } });
    await t.bind('s26-global');
    await t.place('p', { predicates: [byLabels({ of: 's26' })] });
    await t.reports('p', 'PlacementMisconfigured', CONFIGURED);
    await t.create(ManagedCluster, aCluster({ name: t.cluster('c1'), labels: { of: 's26' } }));
    await t.decides('p', ['c1']);
  });

  test('[placement 27] a cluster in two bound sets is listed once', async () => {
    const t = await tenantOf('s27');
    await t.addSet('s27-all', {
      selector: { selectorType: 'LabelSelector', labelSelector: { matchLabels: { [labels.clusterSet]: 's27' } } },
    });
    await t.bind('s27-all');
    await t.addClusters(['c1', 'c2']);
    await t.place('p');
    await t.decides('p', ['c1', 'c2']);
  });

  test('[placement 28] a cluster that moves between sets changes the Placements of both namespaces', async () => {
    const [from, to] = [await tenantOf('s28'), await tenantOf('s28-other')];
    await from.addClusters(['c1']);
    await Promise.all([from.place('p'), to.place('p')]);
    await from.decides('p', ['c1']);
    await from.changeCluster('c1', { metadata: { labels: { [labels.clusterSet]: 's28-other' } } });
    await from.decides('p', []);
    await until(async () => (await to.placement('p')).status?.numberOfSelectedClusters === 1, {
      describe: 'the other namespace has the cluster',
    });
    expect((await to.slices('p'))[0]?.status?.decisions).toEqual([{ clusterName: 's28-c1', reason: '' }]);
  });
});

describe('how many are selected', () => {
  test('[placement 5, 6] an empty spec selects all, in slices that are labelled and owned', async () => {
    const t = await tenantOf('s05');
    await t.addClusters(['c3', 'c1', 'c2']);
    const placement = await t.place('p');
    await t.decides('p', ['c1', 'c2', 'c3']);
    await t.reports('p', 'PlacementSatisfied', ALL);
    await t.reports('p', 'PlacementMisconfigured', CONFIGURED);
    const [slice] = await t.slices('p');
    expect(slice?.metadata.labels).toEqual({
      [labels.placement]: 'p',
      [labels.decisionGroupIndex]: '0',
      [labels.decisionGroupName]: '',
    });
    expect(slice?.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'cluster.open-cluster-management.io/v1beta1',
        kind: 'Placement',
        name: 'p',
        uid: placement.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
    expect(slice?.status?.decisions).toEqual(
      ['s05-c1', 's05-c2', 's05-c3'].map((clusterName) => ({ clusterName, reason: '' })),
    );
  });

  test('[placement 7, 8, 9] too few, fewer, more, and clusters that join later', async () => {
    const t = await tenantOf('s07');
    const suffixes = ['c1', 'c2', 'c3', 'c4', 'c5'];
    await t.addClusters(suffixes);
    await t.place('p', { numberOfClusters: 10 });
    await t.decides('p', suffixes);
    await t.reports('p', 'PlacementSatisfied', 'False NotAllDecisionsScheduled: 5 cluster decisions unscheduled');
    await t.addClusters(['c6', 'c7']);
    await t.decides('p', [...suffixes, 'c6', 'c7']);
    await t.changePlacement('p', { spec: { numberOfClusters: 4 } });
    await until(async () => (await t.decisions('p')).length === 4, { describe: '4 decisions' });
    await t.reports('p', 'PlacementSatisfied', ALL);
    await t.changePlacement('p', { spec: { numberOfClusters: 5 } });
    await until(async () => (await t.decisions('p')).length === 5, { describe: '5 decisions' });
    await t.reports('p', 'PlacementSatisfied', ALL);
    await t.changePlacement('p', { spec: { numberOfClusters: 10 } });
    await t.reports('p', 'PlacementSatisfied', 'False NotAllDecisionsScheduled: 3 cluster decisions unscheduled');
    await t.addClusters(['d1', 'd2', 'd3', 'd4', 'd5']);
    await until(async () => (await t.decisions('p')).length === 10, { describe: '10 decisions' });
    await t.reports('p', 'PlacementSatisfied', ALL);
  });

  test('[placement 10, 11] none and less than none are none, and others are served', async () => {
    const t = await tenantOf('s10');
    await t.addClusters(['c1']);
    await t.place('none', { numberOfClusters: 0 });
    await t.place('negative', { numberOfClusters: -1 });
    await t.reports('none', 'PlacementSatisfied', NOTHING_MATCHED);
    await t.reports('negative', 'PlacementSatisfied', NOTHING_MATCHED);
    expect([await t.decisions('none'), await t.decisions('negative')]).toEqual([[], []]);
    await t.place('p');
    await t.decides('p', ['c1']);
  });
});

describe('slices', () => {
  const many = Array.from({ length: 128 }, (_, index) => `c${String(index).padStart(3, '0')}`);

  test('[placement 12, 13, 14] come and go with their hundreds', async () => {
    const t = await tenantOf('s12');
    await t.addClusters(many.slice(0, 101));
    await t.place('p');
    await t.decides('p', many.slice(0, 101));
    const sizes = async (): Promise<unknown> =>
      (await t.slices('p')).map(({ metadata, status }) => [metadata.name, status?.decisions.length]);
    expect(await sizes()).toEqual([
      ['p-decision-1', 100],
      ['p-decision-2', 1],
    ]);
    expect((await t.placement('p')).status?.decisionGroups).toEqual([
      { decisionGroupIndex: 0, decisionGroupName: '', decisions: ['p-decision-1', 'p-decision-2'], clusterCount: 101 },
    ]);
    await t.addClusters(many.slice(101));
    await t.decides('p', many);
    await t.changePlacement('p', { spec: { numberOfClusters: 10 } });
    await t.decides('p', many.slice(0, 10));
    expect(await sizes()).toEqual([['p-decision-1', 10]]);
    await t.changePlacement('p', { spec: { numberOfClusters: 128 } });
    await t.decides('p', many);
    await t.changePlacement('p', { spec: { numberOfClusters: 0 } });
    await t.decides('p', []);
    await until(async () => (await t.slices('p')).length === 1, { describe: 'one slice is left' });
    expect(await sizes()).toEqual([['p-decision-1', 0]]);
  });

  test('[placement 15] a slice deleted by hand comes back the same', async () => {
    const t = await tenantOf('s15');
    await t.addClusters(['c1', 'c2']);
    await t.place('p');
    await t.decides('p', ['c1', 'c2']);
    const [before] = await t.slices('p');
    await t.delete(PlacementDecision, t.ref('p-decision-1'));
    await until(
      async () => {
        const [after] = await t.slices('p');
        return after !== undefined && after.metadata.uid !== before?.metadata.uid && after.status !== undefined;
      },
      { describe: 'the slice is back' },
    );
    await t.decides('p', ['c1', 'c2']);
  });

  test('[placement 16] labels of a slice are put right without an event', async () => {
    const t = await tenantOf('s16');
    await t.addClusters(['c1']);
    await t.knows(['c1']);
    await t.place('p');
    await t.decides('p', ['c1']);
    await until(async () => (await t.eventsOf('p')).length === 3, { describe: 'the events of the first decision' });
    const [before] = await t.slices('p');
    const bent = { [labels.decisionGroupIndex]: '7', [labels.placement]: null, foreign: 'x' };
    const slices = lab.admin.kind(PlacementDecision);
    await slices.mergePatch(t.ref('p-decision-1'), { metadata: { labels: bent } }, { signal: lab.signal });
    await until(async () => (await t.slices('p')).length === 1, { describe: 'the label is back' });
    expect((await t.slices('p'))[0]?.metadata.labels).toEqual(before?.metadata.labels);
    expect(
      (await t.eventsOf('p')).map(({ reason, series }) => `${reason} ${series?.count ?? 1}`).toSorted(compareNames),
    ).toEqual(['DecisionCreate 1', 'DecisionUpdate 1', 'ScoreUpdate 1']);
  });

  test('[placement 18] are collected with their Placement', async () => {
    const t = await tenantOf('s18');
    await t.addClusters(['c1']);
    await t.place('p');
    await t.decides('p', ['c1']);
    await t.delete(Placement, t.ref('p'));
    await until(async () => (await t.listAll(PlacementDecision)).length === 0, { describe: 'no slice is left' });
  });

  test('[placement 19] belong to somebody else while the annotation says so', async () => {
    const t = await tenantOf('s19');
    await t.addClusters(['c1']);
    await t.place('p');
    await t.place('witness');
    await t.decides('p', ['c1']);
    /** The Placement that comes after the change is seen after it. */
    const disable = async (later: string, suffixes: readonly string[]): Promise<void> => {
      await t.changePlacement('p', disabled('true'));
      await t.place(later);
      await t.decides(later, suffixes);
    };
    await disable('first', ['c1']);
    const versions = async (): Promise<unknown> => [
      (await t.placement('p')).metadata.resourceVersion,
      (await t.slices('p')).map(({ metadata }) => metadata.resourceVersion),
    ];
    const before = await versions();
    await t.addClusters(['c2']);
    await t.decides('witness', ['c1', 'c2']);
    expect(await versions()).toEqual(before);
    await t.changePlacement('p', disabled('True'));
    await t.decides('p', ['c1', 'c2']);
    await disable('second', ['c1', 'c2']);
    await t.addClusters(['c3']);
    await t.decides('witness', ['c1', 'c2', 'c3']);
    expect(await t.decisions('p')).toEqual(['c1', 'c2']);
    await t.changePlacement('p', disabled(null));
    await t.decides('p', ['c1', 'c2', 'c3']);
  });
});

describe('predicates', () => {
  test('[placement 29, 31] by label, one of several', async () => {
    const t = await tenantOf('s29');
    await t.addClusters(['a1', 'a2'], { labels: { cloud: 'a', [labels.clusterSet]: 's29' } });
    await t.addClusters(['b1', 'b2', 'b3'], { labels: { cloud: 'b', [labels.clusterSet]: 's29' } });
    await t.place('p', { predicates: [byLabels({ cloud: 'b' })] });
    await t.decides('p', ['b1', 'b2', 'b3']);
    await t.changePlacement('p', { spec: { predicates: [byLabels({ cloud: 'a' })] } });
    await t.decides('p', ['a1', 'a2']);
    await t.changePlacement('p', { spec: { predicates: [byLabels({ cloud: 'c' }), byLabels({ cloud: 'b' })] } });
    await t.decides('p', ['b1', 'b2', 'b3']);
  });

  test('[placement 30, 32] by claim, and by both at once', async () => {
    const t = await tenantOf('s30');
    await t.addClusters(['a1', 'a2'], { claims: { cloud: 'a' }, labels: { env: 'prod', [labels.clusterSet]: 's30' } });
    await t.addClusters(['b1', 'b2', 'b3'], { claims: { cloud: 'b' } });
    await t.place('p', { predicates: [byClaim('b')] });
    await t.decides('p', ['b1', 'b2', 'b3']);
    await t.changePlacement('p', { spec: { predicates: [byClaim('a')] } });
    await t.decides('p', ['a1', 'a2']);
    const labelSelector = { matchLabels: { env: 'prod' } };
    await t.changePlacement('p', { spec: { predicates: [byClaim('b', { labelSelector })] } });
    await t.decides('p', []);
    await t.changePlacement('p', { spec: { predicates: [byClaim('a', { labelSelector })] } });
    await t.decides('p', ['a1', 'a2']);
  });

  test('[placement 33] that nobody understands empty the slice and say why', async () => {
    const t = await tenantOf('s33');
    await t.addClusters(['c1']);
    await t.place('p');
    await t.decides('p', ['c1']);
    const gt = { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['4'] }] };
    await t.changePlacement('p', { spec: { predicates: [{ requiredClusterSelector: { labelSelector: gt } }] } });
    await t.decides('p', []);
    await t.reports(
      'p',
      'PlacementMisconfigured',
      'True Misconfigured: Predicate:"Gt" is not a valid label selector operator',
    );
    expect((await t.slices('p')).map(({ status }) => status?.decisions)).toEqual([[]]);
  });
});

describe('events', () => {
  test('[placement 70] tell of a new decision and its scores', async () => {
    const t = await tenantOf('s70');
    await t.addClusters(['c1', 'c2']);
    await t.knows(['c1', 'c2']);
    // Without Balance, to which what all others have chosen matters.
    const steady = { scoreCoordinate: { type: 'BuiltIn', builtIn: 'Steady' }, weight: 1 } as const;
    await t.place('p', { prioritizerPolicy: { mode: 'Exact', configurations: [steady] } });
    const events = await until(
      async () => {
        const found = await t.eventsOf('p');
        return found.length >= 3 && found;
      },
      { describe: 'three events' },
    );
    const told = events.map(({ reason, action, type, note, reportingController, regarding }) => [
      `${type} ${reason} ${action} ${reportingController} ${regarding?.kind} ${regarding?.name}`,
      note,
    ]);
    expect(Object.fromEntries(told)).toEqual({
      'Normal DecisionCreate DecisionCreated placement-controller Placement p':
        'Decision p-decision-1 is created with placement p in namespace s70',
      'Normal DecisionUpdate DecisionUpdated placement-controller Placement p':
        'Decision p-decision-1 is updated with placement p in namespace s70',
      'Normal ScoreUpdate ScoreUpdated placement-controller Placement p': 's70-c1:0 s70-c2:0 ',
    });
    const [slice] = await t.slices('p');
    expect(new Set(events.map(({ related }) => related?.uid))).toEqual(new Set([slice?.metadata.uid]));
  });

  test('[placement 71] cut a long list of scores', async () => {
    const t = await tenantOf('s71');
    await t.addClusters(Array.from({ length: 200 }, (_, index) => `${'long-name-'.repeat(4)}${index}`));
    await t.place('p');
    await until(async () => (await t.placement('p')).status?.numberOfSelectedClusters === 200, {
      describe: 'all are selected',
    });
    const notes = await until(
      async () => {
        const found = (await t.listAll(Event)).filter(({ reason }) => reason === 'ScoreUpdate');
        return found.length > 0 && found.map(({ note }) => note ?? '');
      },
      { describe: 'the scores are told' },
    );
    for (const note of notes) {
      expect(note.endsWith('......')).toBe(true);
      expect(note.length).toBeLessThanOrEqual(1024);
    }
  });
});
