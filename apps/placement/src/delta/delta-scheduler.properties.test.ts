import type {
  AddOnPlacementScore,
  ManagedCluster,
  ManagedClusterSet,
  PlacementDecision,
  PlacementSpec,
} from '@ocm/api';
import { slicesOfPlacement } from '@ocm/fleet';
import { keyOf } from '@ocm/kube';
import {
  aCluster,
  aClusterSet,
  aClusterSetBinding,
  anAddOnPlacementScore,
  aPlacement,
  aPlacementDecision,
} from '@ocm/testing';
import * as fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { fewWords, GLOBAL, noteOf, NOW } from '../../test/placement-world.ts';
import { concludePlacement, decidePlacement } from '../decide-placement.ts';
import { placementOf } from '../controller/placement-context.ts';
import { eligibility } from '../schedule/available-clusters.ts';
import { compileSpec } from '../schedule/compile-spec.ts';
import { countDecisions } from '../schedule/decision-counts.ts';
import { unmeasured } from '../schedule/measure.ts';
import { ClusterTable } from './cluster-table.ts';
import { DecisionTally } from './decision-tally.ts';
import { DeltaScheduler } from './delta-scheduler.ts';
import { sharedExpressions } from './shared-expressions.ts';

/** Cases, unless a long run says otherwise. Each run has another seed, which a failure prints together with the smallest case. */
const RUNS = fc.readConfigureGlobal().numRuns ?? 200;
const NAMES = ['a1', 'a10', 'a2', 'b', 'c', 'd', 'e'];
const PLACEMENTS = ['p', 'q', 'r'];

const name = fc.constantFrom(...NAMES);
const label = fc.constantFrom('x', 'y');
const taint = fc.record(
  {
    key: fc.constantFrom('k', 'l'),
    effect: fc.constantFrom('NoSelect', 'PreferNoSelect', 'NoSelectIfNew'),
    timeAdded: fc.constantFrom('2026-01-31T11:59:58Z', '2026-01-31T11:59:00Z'),
  },
  { requiredKeys: ['key', 'effect'] },
);
const amount = fc.constantFrom('0', '1500m', '2', '3Gi');
const cluster = fc
  .record(
    {
      name,
      labels: fc.dictionary(fc.constantFrom('env', 'tier'), label, { maxKeys: 2 }),
      set: fc.constantFrom('s', 't'),
      claims: fc.dictionary(fc.constantFrom('env'), label, { maxKeys: 1 }),
      taints: fc.array(taint, { maxLength: 2 }),
      allocatable: fc.record({ cpu: amount, memory: amount }, { requiredKeys: [] }),
      capacity: fc.record({ cpu: amount, memory: amount }, { requiredKeys: [] }),
      metadata: fc.constantFrom({}, {}, {}, { deletionTimestamp: '2026-01-31T11:00:00Z' }),
    },
    { requiredKeys: ['name'] },
  )
  .map((over) => aCluster(over as Parameters<typeof aCluster>[0]));
const selector = fc.record(
  {
    labelSelector: fc.record({ matchLabels: fc.dictionary(fc.constantFrom('env', 'tier'), label, { maxKeys: 1 }) }),
    claimSelector: fc.constantFrom(
      { matchExpressions: [{ key: 'env', operator: 'In', values: ['x'] }] },
      { matchExpressions: [{ key: 'env', operator: 'Gt' }] },
    ),
    celSelector: fc.record({
      celExpressions: fc.array(fc.constantFrom('true', 'true', 'error', 'name=a1', '(('), { maxLength: 2 }),
    }),
  },
  { requiredKeys: [] },
);
const coordinate = fc.constantFrom(
  { type: 'BuiltIn', builtIn: 'Balance' },
  { type: 'BuiltIn', builtIn: 'Steady' },
  { type: 'BuiltIn', builtIn: 'ResourceAllocatableCPU' },
  { type: 'BuiltIn', builtIn: 'ResourceAllocatableMemory' },
  { type: 'BuiltIn', builtIn: 'Spread' },
  { type: 'AddOn', addOn: { resourceName: 'usage', scoreName: 'free' } },
  { type: 'AddOn', addOn: { resourceName: 'usage', scoreName: 'busy' } },
);
const spec = fc.record(
  {
    clusterSets: fc.subarray(['s', 't', 'global']),
    numberOfClusters: fc.integer({ min: -1, max: 5 }),
    predicates: fc.array(fc.record({ requiredClusterSelector: selector }), { maxLength: 2 }),
    prioritizerPolicy: fc.record({
      mode: fc.constantFrom('Exact', 'Additive', ''),
      configurations: fc.array(fc.record({ scoreCoordinate: coordinate, weight: fc.integer({ min: -10, max: 10 }) }), {
        maxLength: 3,
      }),
    }),
    tolerations: fc.array(
      fc.record(
        {
          key: fc.constantFrom('k', 'l'),
          operator: fc.constantFrom('Exists', 'Equal'),
          effect: fc.constantFrom('NoSelect', 'PreferNoSelect', 'NoSelectIfNew'),
          tolerationSeconds: fc.constantFrom(5, 60),
        },
        { requiredKeys: ['key', 'operator'] },
      ),
      { maxLength: 2 },
    ),
    decisionStrategy: fc.constantFrom(
      { groupStrategy: { clustersPerDecisionGroup: '50%' } },
      { groupStrategy: { clustersPerDecisionGroup: '20' } },
    ),
  },
  { requiredKeys: [] },
);
const slice = fc
  .record({
    placement: fc.constantFrom(...PLACEMENTS, 'zz'),
    slice: fc.integer({ min: 1, max: 2 }),
    clusters: fc.array(name, { maxLength: 3 }),
  })
  .map((over) => aPlacementDecision(over));
const score = fc
  .record({
    namespace: name,
    scores: fc.record({ free: fc.integer({ min: -100, max: 100 }), busy: fc.constant(7) }, { requiredKeys: [] }),
    validUntil: fc.option(fc.constantFrom('2026-01-31T11:59:59Z', '2026-01-31T12:00:30Z'), { nil: undefined }),
  })
  .map(({ validUntil, ...over }) =>
    anAddOnPlacementScore({ ...over, name: 'usage', ...(validUntil === undefined ? {} : { validUntil }) }),
  );
const set = fc
  .record({ name: fc.constantFrom('s', 't'), selector: fc.constantFrom('exclusive', 'env', 'broken') })
  .map(({ name, selector }) => setOf(name, selector));

function of<Kind extends string, Fields>(kind: Kind, fields: { [K in keyof Fields]: fc.Arbitrary<Fields[K]> }) {
  return fc.record(fields).map((made) => ({ kind, ...made }));
}

function setOf(name: string, selector: string): ManagedClusterSet {
  if (selector === 'exclusive') return aClusterSet({ name });
  const key = selector === 'env' ? 'env' : '/';
  const labelSelector = { matchExpressions: [{ key, operator: 'Exists' }] };
  return aClusterSet({ name, selector: { selectorType: 'LabelSelector', labelSelector } });
}

/** Something that happens on the hub. */
const event = fc.oneof(
  { weight: 6, arbitrary: of('cluster', { object: cluster }) },
  { weight: 3, arbitrary: of('score', { object: score }) },
  { weight: 2, arbitrary: of('gone', { what: fc.constantFrom('cluster', 'score'), name }) },
  { weight: 5, arbitrary: of('slice', { object: slice, isGone: fc.constantFrom(false, false, true) }) },
  { weight: 2, arbitrary: of('set', { object: set }) },
  { weight: 1, arbitrary: of('set gone', { name: fc.constantFrom('s', 't') }) },
  { weight: 2, arbitrary: of('bound', { sets: fc.subarray(['s', 't', 'global']) }) },
  { weight: 2, arbitrary: of('time', { seconds: fc.integer({ min: -30, max: 90 }) }) },
  { weight: 3, arbitrary: of('spec', { placement: fc.constantFrom(...PLACEMENTS), spec }) },
);
type HubEvent = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** The hub as plain collections, and what the controller derives from its events. */
class Hub {
  readonly clusters = new Map<string, ManagedCluster>();
  readonly sets = new Map<string, ManagedClusterSet>([
    ['global', GLOBAL],
    ...['s', 't'].map((each) => [each, aClusterSet({ name: each })] as const),
  ]);
  readonly slices = new Map<string, PlacementDecision>();
  readonly scores = new Map<string, AddOnPlacementScore>();
  readonly placements = new Map(PLACEMENTS.map((each) => [each, aPlacement({ name: each })]));
  readonly table = new ClusterTable();
  readonly tally = new DecisionTally(this.table, (one) => placementOf(one)[0]);
  readonly delta: DeltaScheduler;
  bound: readonly string[] = ['global'];
  now = NOW;
  readonly #compiled = new Map<PlacementSpec, ReturnType<typeof compileSpec>>();
  readonly #compileCel = sharedExpressions(fewWords, this.table);

  constructor() {
    this.delta = new DeltaScheduler({
      table: this.table,
      tally: this.tally,
      findSet: (set) => this.sets.get(set),
      findScore: (namespace, resource) => this.scores.get(`${namespace}/${resource}`),
      measure: unmeasured,
      elapsedMs: () => 0,
      giveWay: () => Promise.resolve(),
    });
  }

  apply(happened: HubEvent): void {
    if (happened.kind === 'cluster' || happened.kind === 'score') this.#put(happened.object);
    else if (happened.kind === 'gone') this.#remove(happened.what, happened.name);
    else if (happened.kind === 'slice')
      this.#changeSlice(happened.object, happened.isGone ? undefined : happened.object);
    else this.#rearrange(happened);
  }

  #put(object: ManagedCluster | AddOnPlacementScore): void {
    const { name, namespace } = object.metadata;
    if (namespace === undefined) {
      this.clusters.set(name, object);
      this.table.put(object);
    } else {
      this.scores.set(keyOf(object), object);
      this.table.touch(namespace);
    }
  }

  #remove(what: 'cluster' | 'score', name: string): void {
    if (what === 'cluster') {
      this.clusters.delete(name);
      this.table.remove(name);
    } else {
      this.scores.delete(`${name}/usage`);
      this.table.touch(name);
    }
  }

  #rearrange(happened: Exclude<HubEvent, { kind: 'cluster' | 'score' | 'gone' | 'slice' }>): void {
    switch (happened.kind) {
      case 'set':
        this.sets.set(happened.object.metadata.name, happened.object);
        break;
      case 'set gone':
        this.sets.delete(happened.name);
        break;
      case 'bound':
        this.bound = happened.sets;
        break;
      case 'time':
        this.now = new Date(this.now.getTime() + happened.seconds * 1000);
        break;
      case 'spec': {
        const { placement: name, spec } = happened;
        this.placements.set(name, aPlacement({ name, spec }));
        break;
      }
      default:
        happened satisfies never;
    }
  }

  #changeSlice(named: PlacementDecision, next: PlacementDecision | undefined): void {
    const previous = this.slices.get(keyOf(named));
    if (previous !== undefined) this.tally.remove(previous);
    if (next === undefined) this.slices.delete(keyOf(named));
    else this.slices.set(keyOf(next), next);
    if (next !== undefined) this.tally.add(next);
  }

  /** By a full pass over everything. */
  full(placementName: string): unknown {
    const placement = this.#placement(placementName);
    const slices = [...this.slices.values()];
    const decided = decidePlacement(placement, compileSpec(placement.spec, fewWords), {
      ...this.#sources(),
      clusters: [...this.clusters.values()],
      findCluster: (each) => this.clusters.get(each),
      findScore: (namespace, resource) => this.scores.get(`${namespace}/${resource}`),
      counts: countDecisions(slices, placement.metadata),
      measure: unmeasured,
      slices: slicesOfPlacement(slices, placement.metadata),
      now: this.now,
    });
    if (decided.kind === 'failed') return decided;
    const { schedule, status, verdict } = decided;
    const { requeueAfterMs, unscheduled } = schedule;
    return { slices: decided.slices, status, verdict, requeueAfterMs, unscheduled, note: noteOf(schedule) };
  }

  /** By what the controller runs. */
  async incremental(placementName: string): Promise<unknown> {
    const placement = this.#placement(placementName);
    const { spec } = placement;
    const eligible = eligibility(spec.clusterSets, this.#sources());
    if (eligible.kind === 'failed') return eligible;
    const compiled = this.#compiled.get(spec) ?? compileSpec(spec, this.#compileCel);
    this.#compiled.set(spec, compiled);
    const request = { key: keyOf(placement), spec, compiled, sets: eligible.sets, nowMs: this.now.getTime() };
    await this.delta.judge(request, new AbortController().signal);
    const { clusterCount, selection } = this.delta.decide(request);
    const availability = { ...eligible, clusterCount };
    const { slices, status, verdict } = concludePlacement(placement, { availability, selection, now: this.now });
    const { requeueAfterMs, unscheduled } = selection;
    return { slices, status, verdict, requeueAfterMs, unscheduled, note: this.delta.scoreNote(request) };
  }

  #placement(placementName: string) {
    return this.placements.get(placementName) ?? aPlacement({ name: placementName });
  }

  #sources() {
    return {
      bindings: this.bound.map((each) => aClusterSetBinding({ set: each })),
      findSet: (each: string) => this.sets.get(each),
    };
  }
}

test('whatever happens, the incremental outcome is that of a full pass', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async (events) => {
      const hub = new Hub();
      for (const happened of events) {
        hub.apply(happened);
        for (const placement of PLACEMENTS) {
          expect(await hub.incremental(placement)).toEqual(hub.full(placement));
        }
      }
    }),
    { numRuns: RUNS },
  );
});
