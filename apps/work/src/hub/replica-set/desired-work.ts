import { labels, type ManifestWork, type ManifestWorkReplicaSet, type NewObject, replicaSetLabelValue } from '@ocm/api';
import { labelValueProblem } from '@ocm/fleet';
import type { DesiredWork } from '../works/hub-works.ts';

/** Value of the owner label on the works of a replica set, legal or not. */
export function ownerOf({ metadata: { namespace = '', name } }: ManifestWorkReplicaSet): string {
  return replicaSetLabelValue({ namespace, name });
}

/** Why works of this replica set cannot be labelled, and so cannot exist; `undefined` when they can. */
export function ownerProblem(set: ManifestWorkReplicaSet): string | undefined {
  return labelValueProblem(ownerOf(set));
}

/** Key of the replica set that the owner label names: at the first dot, as names may contain dots and namespaces may not. */
export function replicaSetKey(owner: string): string | undefined {
  const dot = owner.indexOf('.');
  return dot < 1 || dot === owner.length - 1 ? undefined : `${owner.slice(0, dot)}/${owner.slice(dot + 1)}`;
}

/** What the works of a replica set are made from. */
export function templateOf({ spec }: ManifestWorkReplicaSet): DesiredWork['spec'] {
  return spec?.manifestWorkTemplate ?? {};
}

/** What a work should be that a replica set has for one of its Placements (work 12.4). */
export function desiredWork(set: ManifestWorkReplicaSet, placement: string): DesiredWork {
  const own = { [labels.replicaSet]: ownerOf(set), [labels.placementName]: placement };
  return { labels: { ...set.metadata.labels, ...own }, spec: templateOf(set) };
}

/** The work to create for a cluster. Its name is made up from that of the replica set, without a dash. */
export function newWork(
  set: ManifestWorkReplicaSet,
  { placement, cluster }: { readonly placement: string; readonly cluster: string },
): NewObject<ManifestWork> {
  const { labels: wanted, spec } = desiredWork(set, placement);
  return { metadata: { namespace: cluster, generateName: set.metadata.name, labels: wanted }, spec };
}
