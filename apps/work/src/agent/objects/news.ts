import type { KnownObject } from './known-objects.ts';
import type { ScopeEvent } from './watched-scope.ts';

/** What is known of an object that a watch tells of. */
export interface NewsBackground {
  readonly known: KnownObject | undefined;
  /** Several works list it, and of what one of them has written or read the others have not heard. */
  readonly isShared: boolean;
}

/** Whether an object is another one than we have last written or read, so that its works have to look at it. */
export function isNews(
  { kind, seen }: Pick<ScopeEvent, 'kind' | 'seen'>,
  { known, isShared }: NewsBackground,
): boolean {
  if (kind === 'lost') return true;
  if (isShared && kind !== 'found') return true;
  // What was never looked at has that before it anyway.
  if (known === undefined) return kind !== 'found';
  return known.resourceVersion !== seen?.resourceVersion;
}
