import type { Clock } from '@ocm/kube';

/** When each status was written last: the numbers of a rollout change hundreds of times a second, which nobody can read. */
export class StatusSpacing {
  readonly #clock: Clock;
  readonly #spacingMs: number;
  readonly #writtenMs = new Map<string, number>();

  constructor({ clock, spacingMs }: { readonly clock: Clock; readonly spacingMs: number }) {
    this.#clock = clock;
    this.#spacingMs = spacingMs;
  }

  /** Milliseconds until the status of this key may be written again; 0 when it may. */
  waitMs(key: string): number {
    const leftMs = (this.#writtenMs.get(key) ?? -Infinity) + this.#spacingMs - this.#clock.now().getTime();
    // More than that means that the clock has been set back.
    return leftMs > this.#spacingMs ? 0 : Math.max(leftMs, 0);
  }

  written(key: string): void {
    this.#writtenMs.set(key, this.#clock.now().getTime());
  }

  forget(key: string): void {
    this.#writtenMs.delete(key);
  }
}
