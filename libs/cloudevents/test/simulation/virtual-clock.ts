import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@ocm/kube';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** A clock whose time passes as the test says. */
export interface PassingClock extends Clock {
  pass(ms: number): Promise<void>;
}

/**
 * A clock on which nobody waits: time passes when a test says so, and jumps from one timer to the next. Between two of them everything runs that
 * can run without time.
 */
export class VirtualClock implements PassingClock {
  #nowMs = Date.parse('2026-01-31T09:00:00Z');
  #order = 0;
  readonly #timers = new Set<Timer>();

  now(): Date {
    return new Date(this.#nowMs);
  }

  schedule(ms: number, fire: () => void): () => void {
    this.#order += 1;
    const timer = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.schedule(ms, resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    cancel();
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await turn();
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.fire();
      await turn(); // all promises that can go on have gone on
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      const isEarlier =
        first === undefined || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order);
      if (timer.atMs <= endMs && isEarlier) first = timer;
    }
    return first;
  }
}
