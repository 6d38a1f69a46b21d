import { type Matcher, matches } from './matcher.ts';
import type { RequestInfo } from './request-info.ts';

/** How a watch is spoilt. */
export type WatchFault =
  /** It ends as if its time were over. */
  | 'end'
  /** It stays open and never delivers anything again. */
  | 'silence'
  /** It delivers an ERROR event with the 410 Status of a resource version that is too old, and ends. */
  | 'gone';

export type Fault =
  | { readonly kind: 'latency'; readonly ms: number }
  /** Answered by the proxy with a Status object; the API server does not see the request. */
  | { readonly kind: 'status'; readonly code: number; readonly reason?: string; readonly retryAfterSeconds?: number }
  /** The connection breaks, with all that runs on it; the API server does not see the request. */
  | { readonly kind: 'drop-request' }
  /** The API server does what was asked, and the connection breaks before the answer arrives. */
  | { readonly kind: 'drop-answer' }
  /** Spoils a watch that is opened from now on, after it has delivered some events (default 0). */
  | { readonly kind: 'watch'; readonly how: WatchFault; readonly afterEvents?: number };

export interface Injection {
  readonly fault: Fault;
  readonly when?: Matcher;
  /** How many requests it hits; default all until it is removed. */
  readonly times?: number;
  /** Hits each matching request with this probability, 0 to 1. */
  readonly fraction?: number;
}

export interface InjectedFault extends Disposable {
  /** How many requests it has hit so far. */
  readonly hits: number;
  /** Switches it off, as `using` does at the end of a block. */
  remove(): void;
}

/** The faults that are switched on, in the order in which they were injected. */
export interface FaultSet {
  inject(injection: Injection): InjectedFault;
  clear(): void;
  /** The faults that hit this request, in order: latencies add up, and the first of any other kind is the last. Counts. */
  take(info: RequestInfo): readonly Fault[];
}

/** @param random uniform in [0, 1) */
export function createFaultSet(random: () => number): FaultSet {
  const active = new Set<{ readonly injection: Injection; hits: number }>();
  return {
    inject(injection) {
      const entry = { injection, hits: 0 };
      active.add(entry);
      const remove = (): void => void active.delete(entry);
      return {
        get hits() {
          return entry.hits;
        },
        remove,
        [Symbol.dispose]: remove,
      };
    },
    clear: () => active.clear(),
    take(info) {
      const taken: Fault[] = [];
      for (const entry of active) {
        if (!hits(entry.injection, info, random)) continue;
        entry.hits += 1;
        if (entry.hits === entry.injection.times) active.delete(entry);
        taken.push(entry.injection.fault);
        if (entry.injection.fault.kind !== 'latency') break;
      }
      return taken;
    },
  };
}

function hits({ fault, when = {}, fraction }: Injection, info: RequestInfo, random: () => number): boolean {
  if (fault.kind === 'watch' && info.verb !== 'watch') return false;
  return matches(when, info) && (fraction === undefined || random() < fraction);
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The body of an answer with this code, as kube-apiserver words it. */
export function statusBody(
  code: number,
  options: { reason?: string | undefined; retryAfterSeconds?: number | undefined },
): object {
  const { reason = REASONS[code] ?? 'Unknown', retryAfterSeconds } = options;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `fault injected by the test: ${code} ${reason}`,
    reason,
    ...(retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } }),
    code,
  };
}
