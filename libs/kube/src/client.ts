import type { Kind, KubeObject } from '@ocm/api';
import type { Clock } from './clock.ts';
import type { ProxyVariables } from './kubeconfig/proxy.ts';
import type { Logger } from './logger.ts';
import type { KubeMetrics } from './metrics.ts';
import type { Resource } from './resource.ts';
import type { RestMapper } from './rest-mapper.ts';

/** How to be a client; only name and signal are needed. */
export interface ConnectOptions {
  /** Sent as User-Agent; the server makes its first word the field manager of writes that name none (work 5.1). */
  readonly userAgent: string;
  /** Ends all requests with its reason and closes the connection. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly metrics?: KubeMetrics;
  /** Hard cap on requests per second and burst, within which leases and status go first; absent means as fast as the server allows. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number } | undefined;
  /** How often the kubeconfig and the files it names are looked at; default 60 s (registration 5.3 allows 5 min). */
  readonly credentialReloadMs?: number;
  /** The proxy variables of the environment; the kubeconfig's `proxy-url` comes first. */
  readonly proxy?: ProxyVariables | undefined;
  /** Between 0 and 1, for jitter; default `Math.random`. */
  readonly random?: () => number;
}

/** A request for whatever has no kind, such as `/livez`. */
export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query, for example `/livez?verbose`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 60 s. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** The answer to a raw request, of whatever status. */
export interface RawResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** One API server over one multiplexed connection; a second one is opened when the server's limit of streams (100, as a rule) is reached. */
export interface KubeClient extends AsyncDisposable {
  /** The `server` string of the kubeconfig exactly as written (work 5.2). */
  readonly server: string;
  /** Typed access to a kind of @ocm/api, or to one that the mapper found at run time. */
  kind<T extends KubeObject>(kind: Kind<T>): Resource<T>;
  /** Discovery: from group, version and kind to where it is served. */
  readonly mapper: RestMapper;
  /**
   * Any request; HTTP statuses are answers and are never retried, only transport failures throw (KubeError `unavailable`, `untrusted`). Probes
   * (`/livez` and its kin, `/version`) do not wait behind other requests.
   */
  request(request: RawRequest): Promise<RawResponse>;
  /** `gitVersion` of the server. */
  version(options: { readonly signal: AbortSignal }): Promise<string>;
  /** Looks at the kubeconfig and the files it names now, instead of at the next interval. What cannot be used is not. */
  reloadCredential(): Promise<void>;
  /** Ends all requests with KubeError `unavailable` and closes the connection. */
  close(): Promise<void>;
}
