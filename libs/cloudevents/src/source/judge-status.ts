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
  | { readonly kind: 'put'; readonly work: ManifestWork };

/** A work as an agent reports it. */
export type ReportedWork = ReturnType<typeof workOfBundleStatus>;

/**
 * Judges a status by what the source knows of the work. A work without a spec is one that the source only knows by such reports: its version is
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
  return isDeleted ? { kind: 'gone', work: known } : judgeReport(reported, known);
}

function judgeReport(reported: ReportedWork, known: ManifestWork): StatusVerdict {
  const [current, reportedVersion] = [versionOf(known), versionOf(reported)];
  if (known.spec !== undefined && current !== 0 && reportedVersion > current) {
    return { kind: 'behind', generation: reportedVersion };
  }
  const order = compareSequenceIds(sequenceOf(known), sequenceOf(reported) ?? '');
  if (order !== 'newer') return ignore(`its sequence id is ${order}`);
  const next = withReport(known, reported);
  const isSame = semanticEqual(known.status ?? {}, next.status) && versionOf(next) === current;
  return isSame ? ignore('nothing has changed') : { kind: 'put', work: next };
}

/** The work with what is reported. Now that the agent has it, it has to say so before the work may end. */
function withReport(known: ManifestWork, reported: ReportedWork): ManifestWork {
  const { metadata } = known;
  const sequenceId = sequenceOf(reported) ?? '';
  const found = known.spec === undefined ? { generation: versionOf(reported) } : {};
  const noted = { ...metadata.annotations, [annotations.eventSequenceId]: sequenceId };
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

function sequenceOf({ metadata }: ManifestWork): string | undefined {
  return metadata.annotations?.[annotations.eventSequenceId];
}

function ignore(reason: string): StatusVerdict {
  return { kind: 'ignore', reason };
}
