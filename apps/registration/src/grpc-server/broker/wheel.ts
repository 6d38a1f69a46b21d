import type { Clock } from '@ocm/kube';

/** How many groups the members are spread over. */
const SLOTS = 100;

/**
 * Visits each member once per interval, the first time one interval after it came, with one timer for all of them. Members are spread over the
 * interval as they came, so that ten thousand streams do not all want something in the same moment.
 */
export class Wheel<Member> {
  readonly #slotMs: number;
  readonly #clock: Clock;
  readonly #visit: (member: Member) => void;
  readonly #slots: readonly Set<Member>[] = Array.from({ length: SLOTS }, () => new Set<Member>());
  readonly #slotOf = new Map<Member, Set<Member>>();
  #current = 0;
  #turnedMs: number;
  #cancel: (() => void) | undefined;

  constructor(options: {
    readonly intervalMs: number;
    readonly clock: Clock;
    readonly visit: (member: Member) => void;
    readonly signal: AbortSignal;
  }) {
    this.#slotMs = options.intervalMs / SLOTS;
    this.#clock = options.clock;
    this.#visit = options.visit;
    this.#turnedMs = options.clock.now().getTime();
    options.signal.addEventListener('abort', () => this.#cancel?.(), { once: true });
    if (!options.signal.aborted) this.#schedule();
  }

  add(member: Member): void {
    const slot = this.#slots[this.#current];
    if (slot === undefined) return;
    slot.add(member);
    this.#slotOf.set(member, slot);
  }

  delete(member: Member): void {
    this.#slotOf.get(member)?.delete(member);
    this.#slotOf.delete(member);
  }

  #schedule(): void {
    this.#cancel = this.#clock.schedule(
      this.#slotMs,
      () => {
        this.#schedule();
        this.#turn();
      },
      { background: true },
    );
  }

  /** As far as time has passed: a timer that comes late must not make every later visit late. */
  #turn(): void {
    const nowMs = this.#clock.now().getTime();
    const passed = Math.floor((nowMs - this.#turnedMs) / this.#slotMs);
    // A clock that was set does not count.
    const steps = passed < 0 || passed > SLOTS ? 1 : passed;
    this.#turnedMs = steps === passed ? this.#turnedMs + steps * this.#slotMs : nowMs;
    for (let step = 0; step < steps; step += 1) {
      this.#current = (this.#current + 1) % SLOTS;
      for (const member of this.#slots[this.#current] ?? []) this.#visit(member);
    }
  }
}
