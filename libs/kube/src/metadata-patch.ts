import { type ObjectMeta, semanticEqual } from '@ocm/api';
import type { MetadataChange } from './resource.ts';

type Entries = Readonly<Record<string, string | null>>;

/** The `metadata` of a merge patch: changed labels and annotations only, whole lists where they differ; `undefined` when nothing does. */
export function metadataPatch(seen: ObjectMeta, change: MetadataChange): Readonly<Record<string, unknown>> | undefined {
  const members = {
    labels: changedEntries(seen.labels, change.labels),
    annotations: changedEntries(seen.annotations, change.annotations),
    finalizers: changedList(seen.finalizers, change.finalizers),
    ownerReferences: changedList(seen.ownerReferences, change.ownerReferences),
  };
  const changed = Object.entries(members).filter(([, value]) => value !== undefined);
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

function changedEntries(seen: Entries = {}, wanted: Entries = {}): Entries | undefined {
  const changed = Object.entries(wanted).filter(([key, value]) => (seen[key] ?? null) !== value);
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

function changedList(seen: readonly unknown[] | undefined, wanted: readonly unknown[] | undefined): unknown {
  return wanted === undefined || semanticEqual(seen, wanted) ? undefined : wanted;
}
