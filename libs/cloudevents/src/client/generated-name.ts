import type { KubeObject, NewObject } from '@ocm/api';

const SUFFIX_LENGTH = 5;
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The metadata of a new object with its name: a prefix is completed by five characters, as the API server would do it.
 *
 * @param random at least 0 and below 1
 */
export function named<T extends KubeObject>({ metadata }: NewObject<T>, random: () => number): T['metadata'] {
  if ('name' in metadata && metadata.name !== '') return metadata;
  const { generateName, ...rest } = metadata as { readonly generateName: string };
  const letters = Array.from({ length: SUFFIX_LENGTH }, () =>
    SUFFIX_LETTERS.charAt(Math.floor(random() * SUFFIX_LETTERS.length)),
  );
  return { ...rest, name: `${generateName}${letters.join('')}` };
}
