import type { LeaseSpec } from '@ocm/api';
import type { Clock } from '../clock.ts';
import type { Claimant } from './lease-claim.ts';

/** Tells when a holder has been silent for the duration of its lease, by our own timers. */
export class HolderWatch {
  readonly #clock: Clock;
  readonly #ownDurationMs: number;
  #record: string | undefined;
  #holder: string | undefined;
  #told: string | undefined;
  #cancel: (() => void) | undefined;
  #wake: (() => void) | undefined;
  isExpired = false;

  constructor(clock: Clock, { leaseDurationMs }: Claimant) {
    this.#clock = clock;
    this.#ownDurationMs = leaseDurationMs;
  }

  observe(spec: LeaseSpec): void {
    const record = JSON.stringify(spec);
    if (record === this.#record) return;
    this.#record = record;
    this.#holder = spec.holderIdentity;
    this.isExpired = false;
    this.#cancel?.();
    const durationMs = spec.leaseDurationSeconds === undefined ? this.#ownDurationMs : spec.leaseDurationSeconds * 1000;
    this.#cancel = this.#clock.schedule(durationMs, () => {
      this.isExpired = true;
      this.#wake?.();
    });
  }

  /** Whether the holder is another one than at the last call. */
  isNews(): boolean {
    const isNews = this.#holder !== this.#told;
    this.#told = this.#holder;
    return isNews;
  }

  /** Sleeps, but no longer than until the lease expires. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    const wake = new AbortController();
    this.#wake = (): void => wake.abort();
    await this.#clock.sleep(ms, AbortSignal.any([signal, wake.signal]));
    this.#wake = undefined;
  }

  close(): void {
    this.#cancel?.();
  }
}
