import type { KnownObject } from './known-objects.ts';
import type { ScopeEvent } from './watched-scope.ts';

/** What is known of an object that a watch tells of. */
export interface NewsBackground {
  readonly known: KnownObject | undefined;
  /** Several works list it, and of what one of them has written or read the others have not heard. */
  readonly isShared: boolean;
}

/** Which of the works that list an object have to look at it; `reporting`: those that report values of it. */
export type Audience = 'all' | 'reporting' | 'nobody';

/** Who has to look at an object: all works, when it is another one than we have last written or read. */
export function audienceOf(
  { kind, seen }: Pick<ScopeEvent, 'kind' | 'seen'>,
  { known, isShared }: NewsBackground,
): Audience {
  if (kind === 'lost') return 'all';
  // What was never looked at has that before it anyway.
  const isOther = known === undefined ? kind !== 'found' : known.resourceVersion !== seen?.resourceVersion;
  if (isOther) return 'all';
  if (!isShared || kind === 'found') return 'nobody';
  // Each work writes itself among the owners of what it shares: told of that, n works would look at it n times each.
  return kind === 'created' ? 'all' : 'reporting';
}
