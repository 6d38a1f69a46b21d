import type { KubeObject, Placement } from '@ocm/api';
import { decisionSliceLabels, slicesOfPlacement } from '@ocm/fleet';
import { type Controller, keyOf } from '@ocm/kube';
import { aClusterSet, aClusterSetBinding } from '@ocm/testing';
import * as fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { hubEvent, type HubEvent, newPlacement, PLACEMENTS, SETS } from '../../test/hub-events.ts';
import { MemoryClock, memoryContext, memoryHub, type MemoryKind } from '../../test/memory-hub.ts';
import { fewWords, GLOBAL } from '../../test/placement-world.ts';
import { decidePlacement } from '../decide-placement.ts';
import { compileSpec } from '../schedule/compile-spec.ts';
import { countDecisions } from '../schedule/decision-counts.ts';
import { unmeasured } from '../schedule/measure.ts';
import { placementController } from './placement-controller.ts';

const RUNS = fc.readConfigureGlobal().numRuns ?? 100;
/** For long runs too, on a busy machine. */
const TIMEOUT_MS = Math.max(60_000, RUNS * 200);
/** Longer than bursts are gathered. */
const SETTLED_MS = 1000;
/** More runs than any change is worth: two Placements that disturb each other for ever. */
const MOST_RUNS = 500;
const never = new AbortController().signal;

/** A controller over a hub in memory. Runs only the keys that its watches and timers ask for. */
class Hub {
  readonly objects = memoryHub();
  readonly clock = new MemoryClock();
  readonly #controller: Controller;
  readonly #keys = new Set<string>();
  readonly #cancels = new Map<string, () => void>();
  #lives = 1;

  constructor() {
    const { sets, bindings, placements } = this.objects;
    for (const set of [GLOBAL, ...SETS.map((name) => aClusterSet({ name }))]) sets.put(set);
    bindings.put(aClusterSetBinding({ set: 'global' }));
    this.#controller = placementController(memoryContext(this.objects, this.clock));
    for (const watch of this.#controller.watches) watch.start((key) => this.#keys.add(key));
    for (const each of PLACEMENTS) placements.put(newPlacement(each));
  }

  async apply(happened: HubEvent): Promise<void> {
    const { clusters, scores, slices, sets, bindings } = this.objects;
    switch (happened.kind) {
      case 'cluster':
        return change(clusters, happened);
      case 'score': {
        // What runs out calls nobody (placement 13.3), so it stays out of here.
        const { validUntil: _, ...status } = happened.object.status ?? {};
        return change(scores, { ...happened, object: { ...happened.object, status } });
      }
      case 'slice':
        return change(slices, happened);
      case 'set':
        return change(sets, happened);
      case 'binding':
        return change(bindings, happened);
      case 'time':
        // A clock that goes back makes tolerations last longer, and calls nobody.
        return this.clock.advance(Math.abs(happened.seconds) * 1000);
      case 'spec':
      case 'again':
        return this.#replace(happened);
      default:
        return happened satisfies never;
    }
  }

  async #replace(happened: Extract<HubEvent, { kind: 'spec' | 'again' }>): Promise<void> {
    const { placements } = this.objects;
    const spec = withoutBalance(happened.spec);
    const found = placements.get(happened.placement);
    if (happened.kind === 'spec' && found !== undefined) {
      placements.put({
        ...found,
        spec,
        metadata: { ...found.metadata, generation: (found.metadata.generation ?? 0) + 1 },
      });
      return;
    }
    this.#lives += 1;
    if (happened.kind === 'again' && happened.isSeen) {
      placements.remove(`${happened.placement.namespace}/${happened.placement.name}`);
      await this.settle();
    }
    placements.put(newPlacement(happened.placement, { spec, life: this.#lives }));
  }

  /** Until nothing is left to do. */
  async settle(): Promise<void> {
    this.clock.advance(SETTLED_MS);
    let runs = 0;
    for (let [key] = this.#keys; key !== undefined; [key] = this.#keys) {
      this.#keys.delete(key);
      runs += 1;
      if (runs > MOST_RUNS) throw new Error(`no rest after ${MOST_RUNS} runs, the last for ${key}`);
      await this.#run(key);
      if (this.#keys.size === 0) this.clock.advance(SETTLED_MS);
    }
  }

  async #run(key: string): Promise<void> {
    this.#cancels.get(key)?.();
    const outcome = await this.#controller.reconcile(key, never);
    if (outcome.kind === 'requeue') {
      this.#cancels.set(
        key,
        this.clock.schedule(outcome.afterMs, () => this.#keys.add(key)),
      );
    }
    // Misconfigured Placements are tried again, which changes nothing. A write must not fail here.
    if (outcome.kind === 'retry' && outcome.error instanceof AggregateError) throw outcome.error;
  }

  /** What the hub has for a Placement: its slices, and its status. */
  published(placement: Placement): unknown {
    const slices = this.#slicesOf(placement).map((slice) => ({
      name: slice.metadata.name,
      labels: slice.metadata.labels,
      decisions: slice.status?.decisions ?? [],
    }));
    return { slices, status: placement.status };
  }

  /** What it should have, by a full pass over everything; `undefined` when nobody can tell. */
  expected(placement: Placement): unknown {
    const { clusters, scores, sets, bindings, slices } = this.objects;
    const decided = decidePlacement(placement, compileSpec(placement.spec, fewWords), {
      bindings: bindings.by('namespace', placement.metadata.namespace ?? ''),
      findSet: (name) => sets.get(name),
      clusters: clusters.list(),
      findCluster: (name) => clusters.get(name),
      findScore: (namespace, name) => scores.get({ namespace, name }),
      counts: countDecisions(slices.list(), placement.metadata),
      measure: unmeasured,
      slices: this.#slicesOf(placement),
      now: this.clock.now(),
    });
    if (decided.kind === 'failed') return undefined;
    const planned = decided.slices.map(({ name, group, clusters: names }) => ({
      name,
      labels: decisionSliceLabels(placement.metadata.name, group),
      decisions: names.map((clusterName) => ({ clusterName, reason: '' })),
    }));
    return { slices: planned, status: decided.status };
  }

  #slicesOf({ metadata }: Placement) {
    return slicesOfPlacement(this.objects.slices.list(), metadata).toSorted((a, b) =>
      a.metadata.name.localeCompare(b.metadata.name, 'en', { numeric: true }),
    );
  }
}

function change<T extends KubeObject>(
  kind: Pick<MemoryKind<T>, 'put' | 'remove'>,
  { object, isGone }: { readonly object: T; readonly isGone: boolean },
): void {
  if (isGone) kind.remove(keyOf(object));
  else kind.put(object);
}

/**
 * Balance is read anew only when something else brings the Placement back (placement 13.3), and a Steady that repels never comes to rest: of
 * both a pass at another moment says something else.
 */
function withoutBalance(spec: Placement['spec']): Placement['spec'] {
  const configurations = (spec.prioritizerPolicy?.configurations ?? [])
    .filter(({ scoreCoordinate }) => scoreCoordinate.builtIn !== 'Balance')
    .map((each) =>
      each.scoreCoordinate.builtIn === 'Steady' ? { ...each, weight: Math.abs(each.weight ?? 1) } : each,
    );
  return { ...spec, prioritizerPolicy: { mode: 'Exact', configurations } };
}

test(
  'whatever happens, everybody whom it concerns is called, and the hub comes to rest at what a full pass says',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hubEvent, { minLength: 3, maxLength: 25 }), async (events) => {
        const hub = new Hub();
        for (const each of PLACEMENTS) await hub.apply({ kind: 'spec', placement: each, spec: {} });
        for (const happened of events) {
          await hub.apply(happened);
          await hub.settle();
          for (const placement of hub.objects.placements.list()) {
            const expected = hub.expected(placement);
            if (expected !== undefined) expect(hub.published(placement)).toEqual(expected);
          }
        }
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);
