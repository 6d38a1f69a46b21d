import { annotations, type GroupStrategy, isDeleting, type Placement, type PlacementDecision } from '@ocm/api';
import {
  type Controller,
  defineController,
  done,
  type EventReport,
  type Outcome,
  refOf,
  requeueAfter,
  retry,
} from '@ocm/kube';
import { type Conclusion, concludePlacement } from '../decide-placement.ts';
import { groupDecisions, type GroupPlan } from '../decisions/decision-groups.ts';
import { planSliceWrites, type SliceWrite } from '../decisions/plan-slice-writes.ts';
import { type DeltaRequest, DeltaScheduler } from '../delta/delta-scheduler.ts';
import { eligibility, type SetEligibility } from '../schedule/available-clusters.ts';
import { type Measure, measureBy } from '../schedule/measure.ts';
import type { Selection } from '../schedule/selection.ts';
import { paceOf, Turns } from '../turns.ts';
import { CompiledSpecs } from './compiled-specs.ts';
import { decisionEvent, scoreEvent, type SliceNews } from './decision-event.ts';
import { placementOf } from './placement-caches.ts';
import type { PlacementContext } from './placement-context.ts';
import { placementTriggers } from './placement-triggers.ts';
import { type WakeUps, wakeUps } from './wake-ups.ts';
import { writeSlices } from './write-slices.ts';

/** What is to be made of one Placement. */
interface Decided extends Conclusion {
  readonly placement: Placement;
  readonly selection: Selection;
  readonly writes: readonly SliceWrite[];
  /** Text of the score event; empty when no decisions are written. */
  readonly scoreNote: string;
}

/** Keeps the PlacementDecisions and the status of every Placement as they should be (placement 3). */
export function placementController(context: PlacementContext): Controller {
  const { caches, clock, log } = context;
  const wake = wakeUps(clock);
  const reconciler = new PlacementReconciler(context, wake);
  return defineController({
    name: 'SchedulingController', // contract: queue name in metrics
    watches: [...placementTriggers(caches, { clock, log }), wake.source],
    reconcile: (key, signal) => reconciler.reconcile(key, signal),
  });
}

class PlacementReconciler {
  readonly #context: PlacementContext;
  readonly #wake: WakeUps;
  readonly #specs: CompiledSpecs;
  readonly #delta: DeltaScheduler;
  readonly #turns: Turns;
  readonly #grouped = new WeakMap<Selection, GroupPlan>();

  constructor(context: PlacementContext, wake: WakeUps) {
    const { caches, clock, compileCel, table, tally } = context;
    const measure = stopwatch(context);
    this.#context = context;
    this.#wake = wake;
    this.#turns = new Turns(paceOf(clock));
    this.#specs = new CompiledSpecs(compileCel, measure);
    this.#delta = new DeltaScheduler({
      table,
      tally,
      findSet: (name) => caches.sets.get(name),
      findScore: (cluster, resource) => caches.scores.get({ namespace: cluster, name: resource }),
      measure,
      turns: this.#turns,
    });
  }

  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const { log, metrics, tally } = this.#context;
    const placement = this.#context.caches.placements.get(refOf(key));
    if (placement === undefined) this.#forget(key);
    if (placement === undefined || isDeleting(placement) || isHandedOver(placement)) return done();
    log.debug({ placement: key }, 'scheduling');
    const startedAt = performance.now();
    const eligible = await this.#judge(key, placement, signal);
    // From here to the tally nothing else runs: what is decided is decided upon one state of the caches.
    if (eligible.kind === 'failed') return retry(new Error(`scheduling ${key}: ${eligible.message}`));
    const decided = this.#decide(key, placement, eligible);
    const decidedAt = performance.now();
    metrics.scheduled((decidedAt - startedAt) / 1000);
    if (decided.writes.length > 0) tally.intend(key, namesOf(decided.selection));
    try {
      const failures = await this.#publish(decided, signal);
      return this.#outcome(key, decided, failures);
    } finally {
      tally.settle(key);
      metrics.bound((performance.now() - decidedAt) / 1000);
    }
  }

  /** The sets to draw from, when it is known of all their clusters whether they pass. */
  async #judge(key: string, placement: Placement, signal: AbortSignal): Promise<ReturnType<typeof eligibility>> {
    await this.#specs.prepare(placement, { turns: this.#turns, signal });
    for (let judged: string | undefined; ;) {
      const eligible = this.#eligibility(placement);
      if (eligible.kind === 'failed' || eligible.sets.join() === judged) return eligible;
      await this.#delta.judge(this.#request(key, placement, eligible), signal);
      judged = eligible.sets.join();
    }
  }

  #forget(key: string): void {
    this.#specs.forget(key);
    this.#delta.forget(key);
  }

  #eligibility({ metadata, spec }: Placement): ReturnType<typeof eligibility> {
    const { caches } = this.#context;
    return eligibility(spec.clusterSets, {
      bindings: caches.bindings.by('namespace', metadata.namespace ?? ''),
      findSet: (name) => caches.sets.get(name),
    });
  }

  #request(key: string, placement: Placement, { sets }: SetEligibility): DeltaRequest {
    const { spec } = placement;
    return { key, spec, sets, compiled: this.#specs.of(placement), nowMs: this.#context.clock.now().getTime() };
  }

  /** Steps 5 to 7 of placement 3. */
  #decide(key: string, placement: Placement, eligible: SetEligibility): Decided {
    const { caches, clock } = this.#context;
    const { spec } = placement;
    const { name, namespace } = placement.metadata;
    const request = this.#request(key, placement, eligible);
    const { selection, clusterCount } = this.#delta.decide(request);
    const availability = { ...eligible, clusterCount };
    const groups = this.#groups(selection, spec.decisionStrategy?.groupStrategy);
    const conclusion = concludePlacement(placement, { availability, selection, groups, now: clock.now() });
    const writes = planSliceWrites(name, conclusion.slices, {
      find: (slice) => caches.slices.get({ namespace, name: slice }),
      labelled: caches.slices.by('placement', key),
    });
    const decides = writes.some(({ kind }) => kind === 'create' || kind === 'decide');
    return { ...conclusion, placement, selection, writes, scoreNote: decides ? this.#delta.scoreNote(request) : '' };
  }

  /** For named groups each selected cluster is asked about each: once for a selection, which belongs to one generation of one Placement. */
  #groups(selection: Selection, strategy: GroupStrategy | undefined): GroupPlan {
    const groups = this.#grouped.get(selection) ?? groupDecisions(selection.selected, strategy);
    if ((strategy?.decisionGroups ?? []).length > 0) this.#grouped.set(selection, groups);
    return groups;
  }

  /** Writes slices, then status. A slice that cannot be deleted keeps the status from being written (placement 9.4). */
  async #publish(decided: Decided, signal: AbortSignal): Promise<readonly Error[]> {
    const { caches, live, events } = this.#context;
    const { placement, writes, status } = decided;
    const tell = (news: SliceNews, slice: PlacementDecision): void => {
      for (const event of eventsOf(decided, { news, slice })) events.record(event);
    };
    const writer = { placement, slices: live.slices, cache: caches.slices, tell };
    const failures = await writeSlices(writes, writer, signal);
    if (failures.deletions.length === 0) {
      const written = await live.placements.patchStatus(placement, status, { signal });
      if (written !== placement) caches.placements.learn(written);
    }
    return [...failures.deletions, ...failures.writes];
  }

  /** Anything but success is tried again with back-off, and besides that when there is a reason to look again. */
  #outcome(key: string, decided: Decided, failures: readonly Error[]): Outcome {
    const { selection, verdict } = decided;
    const isHalfDone = failures.length === 0 && this.#leavesLabels(key, decided);
    const lookAgainMs = isHalfDone ? 0 : selection.requeueAfterMs;
    if (verdict.kind === 'success' && failures.length === 0) {
      return lookAgainMs === undefined ? done() : requeueAfter(lookAgainMs);
    }
    if (lookAgainMs !== undefined) this.#wake.at(key, lookAgainMs);
    if (failures.length > 0) {
      return retry(new AggregateError(failures, failures.map(({ message }) => message).join('\n')));
    }
    return retry(new Error(verdict.kind === 'success' ? key : `${verdict.plugin}:${verdict.message}`));
  }

  /** Labels follow in the pass that the write of the decisions triggers (placement 9.2), but a slice without the label triggers none. */
  #leavesLabels(key: string, { placement: { metadata }, writes }: Decided): boolean {
    const { slices } = this.#context.caches;
    return writes.some(({ kind, slice }) => {
      const written = kind === 'decide' ? slices.get({ namespace: metadata.namespace, name: slice }) : undefined;
      return written !== undefined && !placementOf(written).includes(key);
    });
  }
}

/** Durations are no times of day: the clock of the process may be set while something runs. */
function stopwatch({ metrics }: PlacementContext): Measure {
  return measureBy(
    () => performance.now(),
    (step, seconds) => metrics.step(step, seconds),
  );
}

/** Somebody else schedules it: its slices and its status stay as they are. */
function isHandedOver({ metadata }: Placement): boolean {
  return metadata.annotations?.[annotations.schedulingDisabled] === 'true';
}

function namesOf({ selected }: Selection): readonly string[] {
  return selected.map(({ metadata }) => metadata.name);
}

function eventsOf(
  { placement, verdict, scoreNote: note }: Decided,
  { news, slice }: { readonly news: SliceNews; readonly slice: PlacementDecision },
): readonly EventReport[] {
  const scores = news === 'updated' ? scoreEvent(placement, { slice, note }) : undefined;
  return [decisionEvent(placement, { news, slice, verdict }), ...(scores === undefined ? [] : [scores])];
}
