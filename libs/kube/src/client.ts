import type { Kind, KubeObject } from '@ocm/api';
import type { Clock } from './clock.ts';
import type { ProxyVariables } from './kubeconfig/proxy.ts';
import type { Logger } from './logger.ts';
import type { KubeMetrics } from './metrics.ts';
import type { Resource } from './resource.ts';
import type { RestMapper } from './rest-mapper.ts';

export interface ConnectOptions {
  /** Sent as User-Agent; also the default field manager of writes. */
  readonly userAgent: string;
  /** Ends all requests and closes the connection. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly metrics?: KubeMetrics;
  /** Hard cap on requests per second and burst; absent means as fast as the server allows. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number } | undefined;
  /** How often credential files are looked at; default 60 s (registration 5.3 allows 5 min). */
  readonly credentialReloadMs?: number;
  /** The proxy variables of the environment; the kubeconfig's `proxy-url` comes first. */
  readonly proxy?: ProxyVariables | undefined;
  /** Between 0 and 1, for jitter; default `Math.random`. */
  readonly random?: () => number;
}

export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query, for example `/livez?verbose`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** One API server over one multiplexed connection. */
export interface KubeClient extends AsyncDisposable {
  /** The `server` string of the kubeconfig exactly as written (work 5.2). */
  readonly server: string;
  /** Typed access to a kind of @ocm/api, or to one that the mapper found at run time. */
  kind<T extends KubeObject>(kind: Kind<T>): Resource<T>;
  /** Discovery: from group, version and kind to where it is served. */
  readonly mapper: RestMapper;
  /** Any request; HTTP statuses are answers, only transport failures throw (KubeError `unavailable`, `untrusted`). */
  request(request: RawRequest): Promise<RawResponse>;
  /** `gitVersion` of the server. */
  version(options: { readonly signal: AbortSignal }): Promise<string>;
  close(): Promise<void>;
}
