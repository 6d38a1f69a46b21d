import type { UserInfo } from '@ocm/api';

/** Somebody who asks, as access reviews want to know them. */
export interface Caller extends UserInfo {
  readonly username: string;
  readonly groups: readonly string[];
}

const AUTHENTICATED = 'system:authenticated';

/** Whoever shows nothing at all. */
export const ANONYMOUS: Caller = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** A caller whose identity is proven; `undefined` without a name. */
export function authenticated({ username, groups = [], ...rest }: UserInfo): Caller | undefined {
  if (username === undefined || username === '') return undefined;
  return { ...rest, username, groups: groups.includes(AUTHENTICATED) ? groups : [...groups, AUTHENTICATED] };
}
