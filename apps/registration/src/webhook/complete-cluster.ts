import { builtInClusterSets, labels, type ManagedCluster, type Taint, timestamp } from '@ocm/api';
import type { AdmissionVerdict, PatchOperation } from '@ocm/service/webhooks';

export interface CompleteClusterOptions {
  readonly now: Date;
  /** Gate DefaultClusterSet: a cluster without a set comes into the default one. */
  readonly defaultSet: boolean;
}

/**
 * What the hub adds to a ManagedCluster that is created (`previous` absent) or updated (registration 22.1): when its taints were added, and
 * its set. Runs before the schema is checked, so `next` may have any shape; what it does not understand it leaves to the schema.
 */
export function completeCluster(
  next: ManagedCluster,
  previous: ManagedCluster | undefined,
  { now, defaultSet }: CompleteClusterOptions,
): AdmissionVerdict {
  const stamps = taintsOf(next).map((taint) => stampOf(taint, previous));
  const refused = stamps.flatMap((stamp) => (stamp.kind === 'refuse' ? [stamp.key] : []));
  if (refused.length > 0) {
    const message = `It is not allowed to set TimeAdded of Taint "${refused.join(',')}".`;
    return { kind: 'deny', code: 400, message };
  }
  const timeAdded = timestamp(now);
  const stamped = stamps.flatMap(({ kind }, index): readonly PatchOperation[] =>
    kind === 'now' ? [{ op: 'add', path: `/spec/taints/${index}/timeAdded`, value: timeAdded }] : [],
  );
  return { kind: 'patch', operations: [...stamped, ...(defaultSet ? joinDefaultSet(next) : [])] };
}

type Stamp = { readonly kind: 'keep' } | { readonly kind: 'now' } | { readonly kind: 'refuse'; readonly key: string };

function stampOf(taint: Taint, previous: ManagedCluster | undefined): Stamp {
  if (previous === undefined) return { kind: 'now' };
  const old = taintsOf(previous).filter(({ key }) => key === taint.key);
  // Taints of one key may differ in effect; one that was there as it is has not been changed, wherever it stands in the list.
  if (old.some((each) => sameMark(each, taint) && sameTime(each.timeAdded, taint.timeAdded))) return { kind: 'keep' };
  const [first] = old;
  const mayChange = (taint.timeAdded ?? undefined) === undefined && (first === undefined || !sameMark(first, taint));
  return mayChange ? { kind: 'now' } : { kind: 'refuse', key: taint.key };
}

function sameMark(one: Taint, other: Taint): boolean {
  return (one.value ?? '') === (other.value ?? '') && one.effect === other.effect;
}

/** Whether two times are the same instant; null and absent are the same. */
function sameTime(one: string | null | undefined, other: string | null | undefined): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return (one ?? undefined) === (other ?? undefined);
  return one === other || Date.parse(one) === Date.parse(other);
}

function taintsOf({ spec }: ManagedCluster): readonly Taint[] {
  const taints: unknown = spec?.taints;
  return Array.isArray(taints) && taints.every(isTaint) ? taints : [];
}

function isTaint(value: unknown): value is Taint {
  return typeof value === 'object' && value !== null && 'key' in value && typeof value.key === 'string';
}

function joinDefaultSet({ metadata }: ManagedCluster): readonly PatchOperation[] {
  const present = metadata.labels?.[labels.clusterSet];
  if (present !== undefined && present !== '') return [];
  if (metadata.labels === undefined) {
    return [{ op: 'add', path: '/metadata/labels', value: { [labels.clusterSet]: builtInClusterSets.default } }];
  }
  const path = `/metadata/labels/${labels.clusterSet.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [{ op: 'add', path, value: builtInClusterSets.default }];
}
