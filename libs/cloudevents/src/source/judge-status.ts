import {
  annotations,
  finalizers,
  isConditionTrue,
  type ManifestWork,
  semanticEqual,
  withFinalizer,
  workConditions,
} from '@ocm/api';
import type { workOfBundleStatus } from '../bundle.ts';
import { compareSequenceIds, parseSequenceId } from '../sequence-id.ts';
import { specHash } from './work-on-the-wire.ts';

/** What a source does with a status (cloudevents-grpc 9.8). */
export type StatusVerdict =
  | { readonly kind: 'ignore'; readonly reason: string }
  /** Nothing is left of a work that nobody here knows. */
  | { readonly kind: 'ended' }
  /** Nobody here knows the work. */
  | { readonly kind: 'unknown' }
  /** The agent has a later version than the source, which must have lost its own. */
  | { readonly kind: 'behind'; readonly generation: number }
  | { readonly kind: 'gone'; readonly work: ManifestWork }
  /** What ended was the predecessor of the work, whose deletion came late and took the work along. */
  | { readonly kind: 'again' }
  | { readonly kind: 'put'; readonly work: ManifestWork };

/** A work as an agent reports it. */
export type ReportedWork = ReturnType<typeof workOfBundleStatus>;

/**
 * Judges a status by what the source knows of the work. Nothing that another cluster says of it counts. A work without a spec is one that the source only knows by such reports: its version is
 * the agent's.
 *
 * @throws EventError when a sequence id is none
 */
export function judgeStatus(reported: ReportedWork, known: ManifestWork | undefined): StatusVerdict {
  const isDeleted = isConditionTrue(reported.status.conditions, workConditions.deleted.type);
  if (known === undefined) {
    parseSequenceId(sequenceOf(reported) ?? '');
    return { kind: isDeleted ? 'ended' : 'unknown' };
  }
  if (reported.metadata.namespace !== known.metadata.namespace) return ignore('it comes from another cluster');
  if (!isDeleted) return judgeReport(reported, known);
  return isPredecessor(reported, known) ? { kind: 'again' } : { kind: 'gone', work: known };
}

function isPredecessor(reported: ReportedWork, known: ManifestWork): boolean {
  const isWanted = known.spec !== undefined && known.metadata.deletionTimestamp === undefined;
  return isWanted && versionOf(reported) < versionOf(known);
}

function judgeReport(reported: ReportedWork, known: ManifestWork): StatusVerdict {
  if (isOvertaken(reported, known)) return { kind: 'behind', generation: versionOf(reported) };
  const order = compareSequenceIds(sequenceOf(known), sequenceOf(reported) ?? '');
  if (order !== 'newer') return ignore(`its sequence id is ${order}`);
  const next = withReport(known, reported);
  const isSame = semanticEqual(known.status ?? {}, next.status) && isAboutTheSame(known, next);
  return isSame ? ignore('nothing has changed') : { kind: 'put', work: next };
}

/** Whether the agent has a later version, or the same with something else in it: two lives of a source have counted to the same number. */
function isOvertaken(reported: ReportedWork, known: ManifestWork): boolean {
  const [reportedVersion, current] = [versionOf(reported), versionOf(known)];
  if (known.spec === undefined || current === 0) return false;
  if (reportedVersion !== current) return reportedVersion > current;
  const hash = reported.metadata.annotations?.[annotations.eventSpecHash];
  return hash !== undefined && hash !== specHash(known.spec);
}

function isAboutTheSame(known: ManifestWork, next: ManifestWork): boolean {
  const key = annotations.eventReportedVersion;
  const isSameReport = (known.metadata.annotations?.[key] ?? '0') === next.metadata.annotations?.[key];
  return versionOf(next) === versionOf(known) && (isSameReport || known.status === undefined);
}

/** The work with what is reported. Now that the agent has it, it has to say so before the work may end. */
function withReport(known: ManifestWork, reported: ReportedWork): ManifestWork {
  const { metadata } = known;
  const sequenceId = sequenceOf(reported) ?? '';
  const found = known.spec === undefined ? { generation: versionOf(reported) } : {};
  const noted = {
    ...metadata.annotations,
    [annotations.eventSequenceId]: sequenceId,
    [annotations.eventReportedVersion]: String(versionOf(reported)),
  };
  const held = withFinalizer(metadata.finalizers, finalizers.work);
  return {
    ...known,
    metadata: { ...metadata, ...found, annotations: noted, finalizers: held },
    status: reported.status,
  };
}

function versionOf({ metadata }: ManifestWork): number {
  return metadata.generation ?? 0;
}

/** Of the last status of a work that the source has taken; `undefined` before the first. */
export function sequenceOf({ metadata }: Pick<ManifestWork, 'metadata'>): string | undefined {
  return metadata.annotations?.[annotations.eventSequenceId];
}

function ignore(reason: string): StatusVerdict {
  return { kind: 'ignore', reason };
}
