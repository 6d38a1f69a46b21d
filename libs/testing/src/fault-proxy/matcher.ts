import type { RequestInfo } from './request-info.ts';

/** Which requests; every part that is given must hold, an empty one matches all. */
export interface Matcher {
  readonly verb?: string | readonly string[];
  /** Plural, with the subresource as in RBAC: `leases`, `managedclusters/status`. */
  readonly resource?: string | readonly string[];
  readonly name?: string;
  readonly namespace?: string;
  /** Tested against path and query. */
  readonly path?: RegExp;
  readonly userAgent?: RegExp;
}

export function matches(matcher: Matcher, info: RequestInfo): boolean {
  const { verb, resource, name, namespace, path, userAgent } = matcher;
  return (
    isOneOf(verb, info.verb) &&
    isOneOf(resource, info.resource) &&
    isOneOf(name, info.name) &&
    isOneOf(namespace, info.namespace) &&
    isLike(path, info.path) &&
    isLike(userAgent, info.userAgent)
  );
}

function isOneOf(wanted: string | readonly string[] | undefined, value: string): boolean {
  return wanted === undefined || (typeof wanted === 'string' ? wanted === value : wanted.includes(value));
}

function isLike(wanted: RegExp | undefined, value: string): boolean {
  // `search` and not `test`: a pattern with the flag g must not remember where it was.
  return wanted === undefined || value.search(wanted) !== -1;
}
