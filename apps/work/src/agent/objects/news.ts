import type { KnownObject } from './known-objects.ts';
import type { ScopeEvent } from './watched-scope.ts';

/** Whether an object is another one than we have last written or read, so that its works have to look at it. */
export function isNews({ kind, seen }: Pick<ScopeEvent, 'kind' | 'seen'>, known: KnownObject | undefined): boolean {
  if (kind === 'lost') return true;
  // What was never looked at has that before it anyway.
  if (known === undefined) return kind !== 'found';
  return known.resourceVersion !== seen?.resourceVersion;
}
