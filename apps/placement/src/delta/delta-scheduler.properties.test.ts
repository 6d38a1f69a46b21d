import type {
  AddOnPlacementScore,
  ManagedCluster,
  ManagedClusterSet,
  ManagedClusterSetBinding,
  Placement,
  PlacementDecision,
} from '@ocm/api';
import { slicesOfPlacement } from '@ocm/fleet';
import { keyOf } from '@ocm/kube';
import { aClusterSet, aClusterSetBinding, aPlacementDecision } from '@ocm/testing';
import * as fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { hubEvent, type HubEvent, newPlacement, PLACEMENTS, SETS } from '../../test/hub-events.ts';
import { fewWords, GLOBAL, noteOf, NOW } from '../../test/placement-world.ts';
import { CompiledSpecs } from '../controller/compiled-specs.ts';
import { placementOf } from '../controller/placement-caches.ts';
import { concludePlacement, decidePlacement } from '../decide-placement.ts';
import { eligibility } from '../schedule/available-clusters.ts';
import { compileSpec } from '../schedule/compile-spec.ts';
import { countDecisions } from '../schedule/decision-counts.ts';
import { unmeasured } from '../schedule/measure.ts';
import { Turns } from '../turns.ts';
import { ClusterTable } from './cluster-table.ts';
import { DecisionTally } from './decision-tally.ts';
import { DeltaScheduler } from './delta-scheduler.ts';
import { sharedExpressions } from './shared-expressions.ts';

/** Cases, unless a long run says otherwise. Each run has another seed, which a failure prints together with the smallest case. */
const RUNS = fc.readConfigureGlobal().numRuns ?? 200;
/** For long runs too, on a busy machine. */
const TIMEOUT_MS = Math.max(60_000, RUNS * 200);
const KEYS = PLACEMENTS.map(({ namespace, name }) => `${namespace}/${name}`);

type Objects<T> = Map<string, T>;

/** The hub as plain collections, and what the controller derives from its events. */
class Hub {
  readonly clusters: Objects<ManagedCluster> = new Map();
  readonly sets: Objects<ManagedClusterSet> = new Map(
    [GLOBAL, ...SETS.map((name) => aClusterSet({ name }))].map((set) => [set.metadata.name, set]),
  );
  readonly bindings: Objects<ManagedClusterSetBinding> = new Map([
    ['default/global', aClusterSetBinding({ set: 'global' })],
  ]);
  readonly slices: Objects<PlacementDecision> = new Map();
  readonly scores: Objects<AddOnPlacementScore> = new Map();
  readonly placements: Objects<Placement> = new Map(PLACEMENTS.map((each, at) => [KEYS[at] ?? '', newPlacement(each)]));
  /** What a Placement is about to write, and counts for already. */
  readonly intended = new Map<string, readonly string[]>();
  readonly table = new ClusterTable();
  readonly tally = new DecisionTally(this.table, (one) => placementOf(one)[0]);
  readonly specs = new CompiledSpecs(sharedExpressions(fewWords, this.table), unmeasured);
  readonly delta: DeltaScheduler;
  now = NOW;
  #lives = 1;
  #elapsedMs = 0;

  constructor() {
    this.delta = new DeltaScheduler({
      table: this.table,
      tally: this.tally,
      findSet: (set) => this.sets.get(set),
      findScore: (namespace, resource) => this.scores.get(`${namespace}/${resource}`),
      measure: unmeasured,
      turns: new Turns({
        // So slow that others get their turn after each cluster.
        elapsedMs: () => (this.#elapsedMs += 20),
        giveWay: () => Promise.resolve(),
        clock: { sleep: () => Promise.resolve() },
      }),
    });
  }

  apply(happened: HubEvent): void {
    switch (happened.kind) {
      case 'cluster':
        return this.#cluster(happened.object, happened.isGone);
      case 'score':
        put(this.scores, happened.object, happened.isGone);
        return this.table.touch(happened.object.metadata.namespace ?? '');
      case 'slice':
        return this.#slice(happened.object, happened.isGone);
      case 'set':
        return put(this.sets, happened.object, happened.isGone);
      case 'binding':
        return put(this.bindings, happened.object, happened.isGone);
      case 'time':
        this.now = new Date(this.now.getTime() + happened.seconds * 1000);
        return;
      case 'spec':
      case 'again':
        return this.#placement(happened);
      default:
        return happened satisfies never;
    }
  }

  /** The Placement begins to write what it has decided, or ends. */
  toggleWriting(key: string, decided: readonly string[]): void {
    if (this.intended.delete(key)) this.tally.settle(key);
    else {
      this.intended.set(key, decided);
      this.tally.intend(key, decided);
    }
  }

  #cluster(object: ManagedCluster, isGone: boolean): void {
    put(this.clusters, object, isGone);
    if (isGone) this.table.remove(object.metadata.name);
    else this.table.put(object);
  }

  #slice(object: PlacementDecision, isGone: boolean): void {
    const previous = this.slices.get(keyOf(object));
    if (previous !== undefined) this.tally.remove(previous);
    put(this.slices, object, isGone);
    if (!isGone) this.tally.add(object);
  }

  #placement(happened: Extract<HubEvent, { kind: 'spec' | 'again' }>): void {
    const { placement, spec } = happened;
    const key = `${placement.namespace}/${placement.name}`;
    const { metadata } = this.#known(key);
    if (happened.kind === 'spec') {
      const generation = (metadata.generation ?? 0) + 1;
      this.placements.set(key, { ...this.#known(key), spec, metadata: { ...metadata, generation } });
      return;
    }
    this.#lives += 1;
    this.placements.set(key, newPlacement(placement, { spec, life: this.#lives }));
    if (!happened.isSeen) return;
    this.specs.forget(key);
    this.delta.forget(key);
  }

  /** By a full pass over everything. */
  full(key: string): unknown {
    const placement = this.#known(key);
    const slices = this.#slicesAsCounted();
    const decided = decidePlacement(placement, compileSpec(placement.spec, fewWords), {
      ...this.#sources(placement),
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
  async incremental(key: string): Promise<unknown> {
    const placement = this.#known(key);
    const { spec } = placement;
    const eligible = eligibility(spec.clusterSets, this.#sources(placement));
    if (eligible.kind === 'failed') return eligible;
    const compiled = this.specs.of(placement);
    const request = { key, spec, compiled, sets: eligible.sets, nowMs: this.now.getTime() };
    await this.delta.judge(request, new AbortController().signal);
    const { clusterCount, selection } = this.delta.decide(request);
    const availability = { ...eligible, clusterCount };
    const { slices, status, verdict } = concludePlacement(placement, { availability, selection, now: this.now });
    const { requeueAfterMs, unscheduled } = selection;
    return { slices, status, verdict, requeueAfterMs, unscheduled, note: this.delta.scoreNote(request) };
  }

  #known(key: string): Placement {
    const placement = this.placements.get(key);
    if (placement === undefined) throw new Error(`no Placement ${key}`);
    return placement;
  }

  #sources({ metadata }: Placement) {
    return {
      bindings: [...this.bindings.values()].filter(({ metadata: { namespace } }) => namespace === metadata.namespace),
      findSet: (each: string) => this.sets.get(each),
    };
  }

  #slicesAsCounted(): readonly PlacementDecision[] {
    const written = [...this.slices.values()].filter((slice) => !this.intended.has(placementOf(slice)[0] ?? ''));
    const promised = [...this.intended].map(([key, clusters]) => {
      const [namespace = '', placement = ''] = key.split('/');
      return aPlacementDecision({ namespace, placement, clusters });
    });
    return [...written, ...promised];
  }
}

function put<T extends { readonly metadata: { readonly namespace?: string; readonly name: string } }>(
  objects: Objects<T>,
  object: T,
  isGone: boolean,
): void {
  if (isGone) objects.delete(keyOf(object));
  else objects.set(keyOf(object), object);
}

/** Something happens; whether anybody looks before the next thing does; and which Placement begins or ends its writes. */
const step = fc.record({
  happened: hubEvent,
  isLookedAt: fc.boolean(),
  writer: fc.option(
    fc.record({ key: fc.constantFrom(...KEYS), clusters: fc.subarray(['a1', 'a10', 'b', 'c', 'gone']) }),
    { freq: 4, nil: undefined },
  ),
});

test(
  'whatever happens, the incremental outcome is that of a full pass',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const hub = new Hub();
        for (const [position, { happened, isLookedAt, writer }] of steps.entries()) {
          hub.apply(happened);
          if (writer !== undefined) hub.toggleWriting(writer.key, writer.clusters);
          if (!isLookedAt && position < steps.length - 1) continue;
          for (const key of KEYS) expect(await hub.incremental(key)).toEqual(hub.full(key));
        }
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);
