import type { Readable } from 'node:stream';

export type Headers = Readonly<Record<string, string | string[]>>;

export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Headers;
  readonly body?: string | undefined;
  /** An answer without end, such as a watch: ended by us when the connection is retired. */
  readonly streaming: boolean;
  readonly signal: AbortSignal;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** To be read to its end or destroyed. */
  readonly body: Readable;
  /** After the end of the body: `retired` when we ended it, `broken` when the connection did. */
  outcome(): 'complete' | 'retired' | 'broken';
  /** Why it is broken, as far as anybody knows. */
  cause(): Error;
}

/** The other side has closed the connection without a word. */
export const CLOSED = new Error('the connection was closed');

/** One way to send requests to an API server; not more than that: no retries, no time-outs. */
export interface Connection {
  /** Whether nothing is under way any more and nothing can be. */
  isGone(): boolean;
  /** Whether it takes another request now. */
  hasRoom(): boolean;
  /** @throws RequestFailure, or the signal's reason */
  send(request: WireRequest): Promise<WireResponse>;
  /** Takes no more requests, ends streaming answers, closes when the others have come. */
  retire(): void;
  destroy(reason: Error): void;
}

/**
 * A request that got no answer.
 *
 * - `unreachable`: no connection could be opened
 * - `refused`: the server has not looked at it
 * - `broken`: nobody knows
 */
export class RequestFailure extends Error {
  readonly kind: 'unreachable' | 'refused' | 'broken';

  constructor(kind: 'unreachable' | 'refused' | 'broken', cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.kind = kind;
  }
}
