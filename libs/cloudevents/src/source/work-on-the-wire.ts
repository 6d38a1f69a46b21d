import { createHash } from 'node:crypto';
import { annotations, finalizers, labels, type ManifestWork, type ObjectMeta } from '@ocm/api';
import { canonicalJson } from '../canonical-json.ts';
import { EventError } from '../event.ts';
import type { ReportedWork } from './judge-status.ts';

type Spec = NonNullable<ManifestWork['spec']>;
type Annotations = NonNullable<ObjectMeta['annotations']>;

/** A spec is looked at with every status of its work. */
const hashes = new WeakMap<Spec, string>();

/** SHA-256 of a spec, in lower-case hex: the same for specs that mean the same to whoever reads the JSON. */
export function specHash(spec: Spec): string {
  const known = hashes.get(spec);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(canonicalJson(spec)).digest('hex');
  hashes.set(spec, hash);
  return hash;
}

/** Annotations that only this store knows: which status a work has. */
export function marksOf(annotated: Annotations = {}): Annotations {
  return Object.fromEntries(Object.entries(annotated).filter(([key]) => isMark(key)));
}

/** All other annotations. */
export function withoutMarks(annotated: Annotations = {}): Annotations {
  return Object.fromEntries(Object.entries(annotated).filter(([key]) => !isMark(key)));
}

function isMark(key: string): boolean {
  return key === annotations.eventSequenceId || key === annotations.eventReportedVersion;
}

/** The work as it is sent: without what only this store knows, with the hash by which it is known again after a restart. */
export function sentWork(work: ManifestWork): ManifestWork {
  const { resourceVersion: _, ...metadata } = work.metadata;
  const hash = work.spec === undefined ? {} : { [annotations.eventSpecHash]: specHash(work.spec) };
  return { ...work, metadata: { ...metadata, annotations: { ...withoutMarks(metadata.annotations), ...hash } } };
}

/** A work that a source learns of from an agent. What it contains is not told; its hash is, if a client like this one has sent it. */
export interface FoundWork {
  readonly work: ManifestWork;
  readonly specHash: string | undefined;
}

/**
 * The work that an agent reports and the source does not know, because it was restarted: metadata as once sent, version and status as reported.
 *
 * @throws EventError when labels or annotations are none
 */
export function foundWork({ metadata, status }: ReportedWork): FoundWork {
  const { name, namespace, uid, generation, deletionTimestamp, creationTimestamp, ownerReferences } = metadata;
  const { [labels.originalSource]: _, ...ownLabels } = texts(metadata, 'labels');
  const {
    [annotations.eventDataType]: __,
    [annotations.eventSpecHash]: hash,
    ...ownAnnotations
  } = texts(metadata, 'annotations');
  const kept = { name, namespace, uid, generation, deletionTimestamp, creationTimestamp, ownerReferences };
  const present = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  return {
    work: {
      metadata: {
        ...(present as unknown as ObjectMeta),
        ...(Object.keys(ownLabels).length === 0 ? {} : { labels: ownLabels }),
        annotations: { ...ownAnnotations, [annotations.eventReportedVersion]: String(generation ?? 0) },
        finalizers: [finalizers.work],
      },
      status,
    },
    specHash: hash,
  };
}

function texts(metadata: ObjectMeta, member: 'labels' | 'annotations'): Readonly<Record<string, string>> {
  const map: unknown = metadata[member] ?? {};
  const isMap = typeof map === 'object' && map !== null && !Array.isArray(map);
  if (!isMap || Object.values(map).some((value) => typeof value !== 'string')) {
    throw new EventError(`${member} of the reported work are no map of strings`);
  }
  return map as Readonly<Record<string, string>>;
}
