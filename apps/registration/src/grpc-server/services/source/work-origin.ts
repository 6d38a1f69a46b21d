import { annotations, labels, type ManifestWork, type ObjectMeta, type OwnerReference } from '@ocm/api';

/** Where a work on the hub comes from that a source outside Kubernetes has delivered (cloudevents-grpc 12.5). */
export interface Origin {
  readonly source: string;
  /** What the source calls the work; the agent knows it by its UID. */
  readonly resourceId: string;
  /** What the source calls its version; 0 when it keeps none. The agent knows the generation. */
  readonly version: number;
}

type OriginKey = Pick<Origin, 'source' | 'resourceId'>;

/** Indexes of works by their source, and by source and resource id. */
export const sourceIndexes = {
  source: (work: ManifestWork): readonly string[] => {
    const origin = originOf(work);
    return origin === undefined ? [] : [origin.source];
  },
  origin: (work: ManifestWork): readonly string[] => {
    const origin = originOf(work);
    return origin === undefined ? [] : [originKey(origin)];
  },
} as const;

/** Value of the index `origin`. */
export function originKey({ source, resourceId }: OriginKey): string {
  return JSON.stringify([source, resourceId]);
}

/** `undefined` when no source has delivered the work. */
export function originOf({ metadata }: ManifestWork): Origin | undefined {
  const source = metadata.labels?.[labels.originalSource];
  const resourceId = metadata.annotations?.[annotations.eventResourceId];
  if (source === undefined || resourceId === undefined) return undefined;
  const version = Number(metadata.annotations?.[annotations.eventResourceVersion] ?? 0);
  return { source, resourceId, version: Number.isSafeInteger(version) ? version : 0 };
}

/** What the hub remembers in a work, beside what the source has sent. */
const KEPT = new Set<string>([
  annotations.eventResourceId,
  annotations.eventResourceVersion,
  annotations.eventOwners,
  annotations.eventDataType,
]);

/**
 * The metadata under which a work of a source is stored. Its owners live with the source: as owner references of the hub's they would have its
 * garbage collector delete the work, so they are kept as text. Finalizers are for those who are here.
 *
 * @param sent as it was decoded from the event: namespace is the cluster
 */
export function storedMetadata(sent: ObjectMeta, { source, resourceId, version }: Origin): ObjectMeta {
  const { name, namespace, ownerReferences = [] } = sent;
  const own = Object.entries(sent.annotations ?? {}).filter(([key]) => !KEPT.has(key));
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { ...sent.labels, [labels.originalSource]: source },
    annotations: {
      ...Object.fromEntries(own),
      [annotations.eventResourceId]: resourceId,
      [annotations.eventResourceVersion]: String(version),
      ...(ownerReferences.length === 0 ? {} : { [annotations.eventOwners]: JSON.stringify(ownerReferences) }),
    },
  };
}

/** The metadata as the source knows it: its own id and version, its owners, and nothing that the hub has added. */
export function shownMetadata({ metadata }: ManifestWork, { resourceId }: OriginKey, version: number): ObjectMeta {
  const { name, namespace, labels: all = {}, annotations: stored = {} } = metadata;
  const own = Object.entries(stored).filter(([key]) => !KEPT.has(key));
  const ownerReferences = parseOwners(stored[annotations.eventOwners]);
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: resourceId,
    generation: version,
    labels: all,
    annotations: Object.fromEntries(own),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
  };
}

function parseOwners(text: string | undefined): readonly OwnerReference[] | undefined {
  if (text === undefined) return undefined;
  try {
    const owners: unknown = JSON.parse(text);
    return Array.isArray(owners) ? (owners as readonly OwnerReference[]) : undefined;
  } catch {
    return undefined; // somebody has edited it on the hub
  }
}
