import type { Clock } from '@ocm/kube';

/** What one identity may publish in the long run, per second, and at once. */
export const publishLimits = {
  events: { perSecond: 1000, burst: 2000 },
  bytes: { perSecond: 32 * 1024 * 1024, burst: 64 * 1024 * 1024 },
  /** JSON values, which are what takes time to read: a million of them, in four megabytes, take a second. */
  values: { perSecond: 250_000, burst: 1_000_000 },
} as const;

const MS_PER_SECOND = 1000;
const MAX_KEPT = 20_000;

/** What is charged for one message. */
export interface Charge {
  readonly bytes: number;
  readonly values: number;
}

interface Allowance {
  events: number;
  bytes: number;
  values: number;
  atMs: number;
}

/** Keeps one publisher from taking what others need. The limits lie far above what a cluster sends. */
export class PublishRate {
  readonly #allowances = new Map<string, Allowance>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Whether the identity may publish another message now; takes it into account if so. */
  admit(user: string, { bytes, values }: Charge): boolean {
    const allowance = this.#refilled(user);
    if (allowance.events < 1 || allowance.bytes < bytes || allowance.values < values) return false;
    allowance.events -= 1;
    allowance.bytes -= bytes;
    allowance.values -= values;
    return true;
  }

  #refilled(user: string): Allowance {
    const { events, bytes, values } = publishLimits;
    const atMs = this.#clock.now().getTime();
    const full = { events: events.burst, bytes: bytes.burst, values: values.burst, atMs };
    const before = this.#allowances.get(user) ?? full;
    const seconds = Math.max(0, atMs - before.atMs) / MS_PER_SECOND; // the clock may have been set back
    const allowance = {
      events: Math.min(events.burst, before.events + seconds * events.perSecond),
      bytes: Math.min(bytes.burst, before.bytes + seconds * bytes.perSecond),
      values: Math.min(values.burst, before.values + seconds * values.perSecond),
      atMs,
    };
    // Who was not heard of for longest is forgotten first, and starts with a full allowance then.
    this.#allowances.delete(user);
    this.#allowances.set(user, allowance);
    const [oldest] = this.#allowances.keys();
    if (this.#allowances.size > MAX_KEPT && oldest !== undefined) this.#allowances.delete(oldest);
    return allowance;
  }
}
