import { type Matcher, matches } from './matcher.ts';
import type { RequestInfo } from './request-info.ts';

/** A request that reached the proxy. */
export interface RecordedRequest extends RequestInfo {
  /** CN of the client certificate; empty without one. */
  readonly user: string;
  /** HTTP status that the client was sent; undefined while there is none, and for good when the connection broke. */
  readonly status: number | undefined;
}

// Far above what any test sends; a forgotten loop must not eat the memory.
const MOST = 200_000;

export interface RequestRecord {
  add(info: RequestInfo, user: string): { status: number | undefined };
  matching(matcher: Matcher): readonly RecordedRequest[];
  clear(): void;
}

export function createRequestRecord(): RequestRecord {
  let entries: (RequestInfo & { user: string; status: number | undefined })[] = [];
  return {
    add(info, user) {
      const entry = { ...info, user, status: undefined };
      if (entries.length === MOST) entries = entries.slice(MOST / 2);
      entries.push(entry);
      return entry;
    },
    matching: (matcher) => entries.filter((entry) => matches(matcher, entry)),
    clear: () => {
      entries = [];
    },
  };
}
