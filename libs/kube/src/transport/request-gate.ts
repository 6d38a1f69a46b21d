import type { Clock } from '../clock.ts';
import { Fifo } from '../fifo.ts';
import { SteadyTime } from '../steady-time.ts';

/** `priority` overtakes: leases and status, without which a cluster looks dead. */
export type RequestLane = 'priority' | 'normal';

export interface GateOptions {
  readonly clock: Clock;
  /** Requests under way at once. */
  readonly inFlight: number;
  /** So many more may be under way when they have priority. */
  readonly priorityReserve: number;
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number } | undefined;
}

interface Waiting {
  readonly enter: () => void;
}

/** Lets requests out to one API server: a bounded number at once, none of the normal lane during a pause, and no more than the rate limit. */
export class RequestGate {
  readonly #options: GateOptions;
  readonly #time: SteadyTime;
  readonly #waiting: Readonly<Record<RequestLane, Fifo<Waiting>>> = { priority: new Fifo(), normal: new Fifo() };
  #inFlight = 0;
  #pausedUntilMs = 0;
  #tokens: number;
  #tokensAtMs: number;
  #cancelTimer: (() => void) | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#time = new SteadyTime(options.clock);
    this.#tokens = options.rateLimit?.burst ?? Infinity;
    this.#tokensAtMs = this.#time.nowMs();
  }

  /**
   * Waits for the turn of a request.
   *
   * @returns what to call when the request has ended
   * @throws the signal's reason when it fires first
   */
  async enter(lane: RequestLane, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting[lane].size > 0 || !this.#admits(lane)) await this.#turn(lane, signal);
    else this.#admit();
    return () => {
      this.#inFlight -= 1;
      this.#drain();
    };
  }

  /** The server asked to be left alone: holds the normal lane back. */
  pause(ms: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#time.nowMs() + ms);
  }

  #turn(lane: RequestLane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = {
        enter: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      const abort = (): void => {
        this.#waiting[lane].remove(waiting);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting[lane].add(waiting);
      this.#drain();
    });
  }

  #drain(): void {
    for (const lane of ['priority', 'normal'] as const) {
      while (this.#waiting[lane].size > 0 && this.#admits(lane)) {
        this.#admit();
        this.#waiting[lane].take()?.enter();
      }
    }
    this.#scheduleDrain();
  }

  #admits(lane: RequestLane): boolean {
    const { inFlight, priorityReserve } = this.#options;
    this.#earnTokens();
    if (this.#tokens < 1) return false;
    if (lane === 'priority') return this.#inFlight < inFlight + priorityReserve;
    return this.#inFlight < inFlight && this.#time.nowMs() >= this.#pausedUntilMs;
  }

  #admit(): void {
    this.#inFlight += 1;
    this.#tokens -= 1;
  }

  #earnTokens(): void {
    const { rateLimit } = this.#options;
    if (rateLimit === undefined) return;
    const now = this.#time.nowMs();
    const earned = ((now - this.#tokensAtMs) / 1000) * rateLimit.perSecond;
    this.#tokens = Math.min(rateLimit.burst, this.#tokens + earned);
    this.#tokensAtMs = now;
  }

  /** The end of a request drains by itself; only time needs a timer. */
  #scheduleDrain(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const { priority, normal } = this.#waiting;
    if (priority.size + normal.size === 0) return;
    const now = this.#time.nowMs();
    const pauseMs = priority.size > 0 ? 0 : this.#pausedUntilMs - now;
    const perSecond = this.#options.rateLimit?.perSecond ?? Infinity;
    const tokenMs = this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / perSecond) * 1000;
    const waitMs = Math.max(pauseMs, tokenMs);
    if (waitMs <= 0) return;
    this.#cancelTimer = this.#options.clock.schedule(waitMs, () => {
      this.#time.reached(now + waitMs);
      this.#drain();
    });
  }
}
