import { annotations, type ManifestWork } from '@ocm/api';
import { KubeError } from '@ocm/kube';

/**
 * How a source numbers its works. `counted`: 1, and one more with each change, so that agents and resyncs know which is newer. `none`: always 0;
 * every event counts, in the order in which they come, and each resync sends everything again (cloudevents-grpc 6.4).
 */
export type Versions = 'counted' | 'none';

/** The largest number that may be learned from an agent: there must be room for our own above it. */
const LARGEST_LEARNED = 0x7fff_ffff - 1_000_000;

/**
 * The version, which is the generation, of a work that is written (cloudevents-grpc 6.4): what its annotation says, else by count.
 *
 * @param before that of the work as it was; 0 for a new one
 * @throws KubeError when the annotation is no number
 */
export function nextVersion(work: Pick<ManifestWork, 'metadata'>, before: number, versions: Versions): number {
  const { annotations: given = {}, name } = work.metadata;
  const text = given[annotations.eventResourceVersion];
  if (text === undefined) return versions === 'none' ? 0 : before + 1;
  if (/^\d{1,10}$/.test(text) && Number(text) <= 0x7fff_ffff) return Number(text);
  const problem = `annotation ${annotations.eventResourceVersion} is "${text.slice(0, 100)}"; allowed is a number of 31 bits`;
  throw new KubeError(`work "${name}": ${problem}`, { code: 'invalid', status: 500, reason: 'InternalError' });
}

/** Whether the source may raise the version of the work by itself above one that an agent holds. */
export function mayRaise({ metadata, spec }: ManifestWork, above: number): boolean {
  const { generation = 0, annotations: given = {}, deletionTimestamp } = metadata;
  const isCounted = generation !== 0 && given[annotations.eventResourceVersion] === undefined;
  return (
    isCounted &&
    spec !== undefined &&
    deletionTimestamp === undefined &&
    above >= generation &&
    above <= LARGEST_LEARNED
  );
}
