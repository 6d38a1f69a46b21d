import { annotations, isDeleting, type Placement, type PlacementDecision } from '@ocm/api';
import {
  type Controller,
  defineController,
  done,
  type EventReport,
  keyOf,
  type Outcome,
  refOf,
  requeueAfter,
  retry,
} from '@ocm/kube';
import { decidePlacement, type PlacementDecided, type PlacementWorld } from '../decide-placement.ts';
import { planSliceWrites } from '../decisions/plan-slice-writes.ts';
import type { Measure } from '../schedule/measure.ts';
import { scoreNote } from '../status/score-note.ts';
import { CompiledSpecs } from './compiled-specs.ts';
import { decisionEvent, scoreEvent, type SliceNews } from './decision-event.ts';
import type { PlacementContext } from './placement-context.ts';
import { placementTriggers } from './placement-triggers.ts';
import { type WakeUps, wakeUps } from './wake-ups.ts';
import { writeSlices } from './write-slices.ts';

type Decided = Extract<PlacementDecided, { kind: 'decided' }>;

/** Keeps the PlacementDecisions and the status of every Placement as they should be (placement 3). */
export function placementController(context: PlacementContext): Controller {
  const { caches, clock, log, metrics } = context;
  const measure = stopwatch(context);
  const specs = new CompiledSpecs(context.compileCel, measure);
  const wake = wakeUps(clock);
  return defineController({
    name: 'SchedulingController', // contract: queue name in metrics
    watches: [...placementTriggers(caches, log), wake.source],
    async reconcile(key, signal) {
      const placement = caches.placements.get(refOf(key));
      if (placement === undefined) specs.forget(key);
      if (placement === undefined || isDeleting(placement) || isHandedOver(placement)) return done();
      log.debug({ placement: key }, 'scheduling');
      const startedAt = performance.now();
      const decided = decidePlacement(placement, specs.of(placement), { ...worldOf(key, context), measure });
      if (decided.kind === 'failed') return retry(new Error(`scheduling ${key}: ${decided.message}`));
      const decidedAt = performance.now();
      metrics.scheduled((decidedAt - startedAt) / 1000);
      const failures = await publish({ placement, decided, context }, signal).finally(() =>
        metrics.bound((performance.now() - decidedAt) / 1000),
      );
      return outcomeOf(key, decided, { failures, wake });
    },
  });
}

/** Durations are no times of day: the clock of the process may be set while something runs. */
function stopwatch({ metrics }: PlacementContext): Measure {
  return (step, run) => {
    const startedAt = performance.now();
    try {
      return run();
    } finally {
      metrics.step(step, (performance.now() - startedAt) / 1000);
    }
  };
}

/** Somebody else schedules it: its slices and its status stay as they are. */
function isHandedOver({ metadata }: Placement): boolean {
  return metadata.annotations?.[annotations.schedulingDisabled] === 'true';
}

function worldOf(key: string, { caches, tally, clock }: PlacementContext): Omit<PlacementWorld, 'measure'> {
  const slices = caches.slices.by('placement', key);
  return {
    bindings: caches.bindings.by('namespace', refOf(key).namespace ?? ''),
    findSet: (name) => caches.sets.get(name),
    clusters: caches.clusters.list(),
    findCluster: (name) => caches.clusters.get(name),
    findScore: (cluster, resource) => caches.scores.get({ namespace: cluster, name: resource }),
    counts: tally.without(slices),
    slices,
    now: clock.now(),
  };
}

/** Writes slices, then status. A slice that cannot be deleted keeps the status from being written (placement 9.4). */
async function publish(
  { placement, decided, context }: { placement: Placement; decided: Decided; context: PlacementContext },
  signal: AbortSignal,
): Promise<readonly Error[]> {
  const { caches, live, events } = context;
  const { name, namespace } = placement.metadata;
  const find = (slice: string): PlacementDecision | undefined => caches.slices.get({ namespace, name: slice });
  const labelled = caches.slices.by('placement', keyOf(placement));
  const writes = planSliceWrites(name, decided.slices, { find, labelled });
  const recording: Promise<void>[] = [];
  const tell = (news: SliceNews, slice: string): void => {
    for (const event of eventsOf(placement, decided, { news, slice })) recording.push(events.record(event, { signal }));
  };
  const failures = await writeSlices(writes, { placement, slices: live.slices, find, tell }, signal);
  if (failures.deletions.length === 0) await live.placements.patchStatus(placement, decided.status, { signal });
  await Promise.all(recording);
  return [...failures.deletions, ...failures.writes];
}

function eventsOf(
  placement: Placement,
  { schedule, verdict }: Decided,
  happened: { readonly news: SliceNews; readonly slice: string },
): readonly EventReport[] {
  const scores = happened.news === 'updated' ? scoreEvent(placement, scoreNote(schedule.ranked)) : undefined;
  return [decisionEvent(placement, { ...happened, verdict }), ...(scores === undefined ? [] : [scores])];
}

/** Anything but success is tried again with back-off, and besides that when a toleration runs out. */
function outcomeOf(
  key: string,
  { schedule: { requeueAfterMs }, verdict }: Decided,
  { failures, wake }: { readonly failures: readonly Error[]; readonly wake: WakeUps },
): Outcome {
  if (verdict.kind === 'success' && failures.length === 0) {
    return requeueAfterMs === undefined ? done() : requeueAfter(requeueAfterMs);
  }
  if (requeueAfterMs !== undefined) wake.at(key, requeueAfterMs);
  if (failures.length > 0)
    return retry(new AggregateError(failures, failures.map(({ message }) => message).join('\n')));
  return retry(new Error(verdict.kind === 'success' ? key : `${verdict.plugin}:${verdict.message}`));
}
