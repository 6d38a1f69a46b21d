import type { Kind } from '@ocm/api';

export interface CleanupTypes {
  /** In the order in which they are emptied. */
  readonly kinds: readonly Kind[];
  /** Words that are not `group/version/resource`. */
  readonly malformed: readonly string[];
}

/** Reads `--gc-resource-list`. No entry at all means that nothing is deleted with a cluster (registration 16). */
export function parseCleanupTypes(words: readonly string[]): CleanupTypes {
  const given = words.map((word) => word.trim()).filter((word) => word !== '');
  const parts = given.map((word) => ({ word, kind: kindOf(word) }));
  return {
    kinds: parts.flatMap(({ kind }) => kind ?? []),
    malformed: parts.filter(({ kind }) => kind === undefined).map(({ word }) => word),
  };
}

function kindOf(word: string): Kind | undefined {
  const [group, version, plural, ...rest] = word.split('/');
  if (!group || !version || !plural || rest.length > 0) return undefined;
  // Only the path counts: everything is read as metadata.
  return { group, version, kind: plural, plural, namespaced: true };
}
