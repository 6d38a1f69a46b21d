import type { PlacementDecision } from '@ocm/api';
import { compareNames, decidedClusters, decisionSliceLabels } from '@ocm/fleet';
import type { PlannedSlice } from './decision-slices.ts';

/** One write to one slice, named by `slice`. */
export type SliceWrite = {
  readonly slice: string;
  /** Slices that receive clusters which this one gives up: it is not written when one of their writes before it has failed. */
  readonly after: readonly string[];
} & (
  | { readonly kind: 'create'; readonly labels: Labels; readonly clusters: readonly string[] }
  | { readonly kind: 'decide'; readonly clusters: readonly string[] }
  | { readonly kind: 'relabel'; readonly labels: Readonly<Record<string, string | null>> }
  | { readonly kind: 'delete' }
);

type Labels = Readonly<Record<string, string>>;

interface SlicesAsTheyAre {
  /** By name, whatever its labels say. */
  readonly find: (slice: string) => PlacementDecision | undefined;
  /** Those with the Placement's label. */
  readonly labelled: readonly PlacementDecision[];
}

/** A slice whose decisions are going to change. */
interface Change {
  readonly slice: PlannedSlice;
  readonly before: readonly string[];
  readonly isNew: boolean;
  /** Slices that take over clusters from this one and have not done so yet. */
  readonly waitsFor: Set<string>;
}

/**
 * The writes that turn the slices as they are into the planned ones, in order (placement 9.2). Nothing is planned for a slice that is as it
 * should be; labels follow in the pass after the decisions.
 *
 * Departs from the order of 9.2, which is by number: a slice that receives a cluster is written before the one that gives it up, so that a
 * cluster which stays selected is in some slice at every instant. Where slices exchange clusters, one of them holds both sets for a moment.
 */
export function planSliceWrites(
  placement: string,
  planned: readonly PlannedSlice[],
  asTheyAre: SlicesAsTheyAre,
): readonly SliceWrite[] {
  const wanted = new Set(planned.flatMap(({ clusters }) => clusters));
  const changes = planned.flatMap((slice): readonly Change[] => {
    const found = asTheyAre.find(slice.name);
    const before = found === undefined ? [] : decidedClusters(found);
    const isSame = found !== undefined && hasDecisions(found, slice.clusters);
    return isSame ? [] : [{ slice, before, isNew: found === undefined, waitsFor: new Set() }];
  });
  const changing = new Set(changes.map(({ slice }) => slice));
  const receivers = receiversOf(changes);
  for (const { slice, before, waitsFor } of changes) {
    for (const receiver of receiversFor(before, slice.clusters, receivers)) waitsFor.add(receiver);
  }
  return [
    ...inOrder(changes, wanted, placement),
    ...relabels(
      placement,
      planned.filter((slice) => !changing.has(slice)),
      asTheyAre,
    ),
    ...deletions(planned, asTheyAre.labelled, receivers),
  ];
}

/** For each cluster that comes to a slice, the slice. */
function receiversOf(changes: readonly Change[]): ReadonlyMap<string, string> {
  return new Map(
    changes.flatMap(({ slice, before }) => {
      const had = new Set(before);
      return slice.clusters.filter((cluster) => !had.has(cluster)).map((cluster) => [cluster, slice.name] as const);
    }),
  );
}

function receiversFor(
  before: readonly string[],
  after: readonly string[],
  receivers: ReadonlyMap<string, string>,
): readonly string[] {
  const keeps = new Set(after);
  const takers = before.flatMap((cluster) => (keeps.has(cluster) ? [] : (receivers.get(cluster) ?? [])));
  return [...new Set(takers)];
}

function inOrder(changes: readonly Change[], wanted: ReadonlySet<string>, placement: string): readonly SliceWrite[] {
  const writes: SliceWrite[] = [];
  const afterOf = new Map(changes.map(({ slice, waitsFor }) => [slice.name, [...waitsFor]]));
  const waiting = new Set(changes.filter(({ waitsFor }) => waitsFor.size > 0));
  const waitingFor = Map.groupBy(
    changes.flatMap((change) => [...change.waitsFor].map((receiver) => ({ receiver, change }))),
    ({ receiver }) => receiver,
  );
  const ready = changes.filter(({ waitsFor }) => waitsFor.size === 0);
  const settle = (name: string): void => {
    for (const { change } of waitingFor.get(name) ?? []) {
      change.waitsFor.delete(name);
      if (change.waitsFor.size === 0 && waiting.delete(change)) ready.push(change);
    }
  };
  const writeReady = (): void => {
    // Grows while it is gone through.
    for (const change of ready) {
      writes.push(settled(change, afterOf.get(change.slice.name) ?? [], placement));
      settle(change.slice.name);
    }
    ready.splice(0);
  };
  writeReady();
  for (const change of waiting) {
    // All that are left wait for each other. It is written once more when the others have what it gives up.
    writes.push(widened(change, wanted));
    settle(change.slice.name);
    writeReady();
  }
  return writes;
}

/** What it will have, and what others still have to take over. */
function widened({ slice, before }: Change, wanted: ReadonlySet<string>): SliceWrite {
  const both = new Set([...slice.clusters, ...before.filter((cluster) => wanted.has(cluster))]);
  return { kind: 'decide', slice: slice.name, after: [], clusters: [...both].toSorted(compareNames) };
}

function settled({ slice, isNew }: Change, after: readonly string[], placement: string): SliceWrite {
  const { name, clusters, group } = slice;
  if (isNew) return { kind: 'create', slice: name, after, labels: decisionSliceLabels(placement, group), clusters };
  return { kind: 'decide', slice: name, after, clusters };
}

function relabels(
  placement: string,
  unchanged: readonly PlannedSlice[],
  { find }: SlicesAsTheyAre,
): readonly SliceWrite[] {
  return unchanged.flatMap(({ name, group }): readonly SliceWrite[] => {
    const present = find(name)?.metadata.labels ?? {};
    const labels = labelChange(present, decisionSliceLabels(placement, group));
    return Object.keys(labels).length === 0 ? [] : [{ kind: 'relabel', slice: name, after: [], labels }];
  });
}

/** Labels to set, and with null those to take away: a slice carries the three and no others. */
function labelChange(present: Labels, wanted: Labels): Readonly<Record<string, string | null>> {
  const missing = Object.entries(wanted).filter(([key, value]) => present[key] !== value);
  const foreign = Object.keys(present).filter((key) => !Object.hasOwn(wanted, key));
  return Object.fromEntries([...missing, ...foreign.map((key) => [key, null] as const)]);
}

function deletions(
  planned: readonly PlannedSlice[],
  labelled: readonly PlacementDecision[],
  receivers: ReadonlyMap<string, string>,
): readonly SliceWrite[] {
  const names = new Set(planned.map(({ name }) => name));
  return labelled
    .filter(({ metadata }) => !names.has(metadata.name))
    .map((slice) => ({
      kind: 'delete',
      slice: slice.metadata.name,
      after: receiversFor(decidedClusters(slice), [], receivers),
    }));
}

/** Whether the decisions are as they are written: in the order of names, without a reason or a score. */
function hasDecisions({ status }: PlacementDecision, clusters: readonly string[]): boolean {
  const decisions = status?.decisions ?? [];
  return (
    decisions.length === clusters.length &&
    decisions.every(
      ({ clusterName, reason, score }, index) =>
        clusterName === clusters[index] && reason === '' && score === undefined,
    )
  );
}
