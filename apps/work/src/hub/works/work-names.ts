import { createHash } from 'node:crypto';
import { labels, type ManifestWork, type NewObject } from '@ocm/api';

const ATTEMPTS = 10;
const SUFFIX_LENGTH = 5;
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
/** As API servers cut prefixes: the name is still a DNS label. */
const LONGEST_PREFIX = 58;

/**
 * Names for a new work, the best first: its own, or its prefix with five characters that follow from whose work it is (work 16.3). Whoever has
 * forgotten the work makes the same one again.
 */
export function workNames(metadata: NewObject<ManifestWork>['metadata']): readonly string[] {
  if (!('generateName' in metadata)) return [metadata.name];
  const { generateName, namespace = '', labels: own = {} } = metadata;
  const identity = [namespace, generateName, own[labels.replicaSet] ?? '', own[labels.placementName] ?? ''];
  const prefix = generateName.slice(0, LONGEST_PREFIX);
  return Array.from({ length: ATTEMPTS }, (_, attempt) => `${prefix}${suffixOf([...identity, attempt])}`);
}

function suffixOf(identity: readonly unknown[]): string {
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest();
  return Array.from(digest.subarray(0, SUFFIX_LENGTH), (byte) => LETTERS.charAt(byte % LETTERS.length)).join('');
}
