import type { Clock, EventRecorder, EventReport, Logger } from '@ocm/kube';

const AT_ONCE = 32;
/** Beyond these events are let go: nothing depends on them. */
const MOST_WAITING = 1000;
/** What is left at the end gets so long. */
const LAST_MS = 2000;

/** Events that are written while their Placements go on (placement 12). */
export class BackgroundEvents {
  readonly #recorder: EventRecorder;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #waiting: EventReport[] = [];
  readonly #writing = new Set<Promise<void>>();
  readonly #end = new AbortController();

  constructor(recorder: EventRecorder, { clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#log = log;
  }

  record(event: EventReport): void {
    const { namespace, reason, regarding } = event;
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(event);
    else this.#log.warn({ namespace, reason, regarding: regarding.name }, 'event not recorded: too many are waiting');
    this.#writeNext();
  }

  /** Waits a moment for what has been recorded. */
  async close(): Promise<void> {
    const cancel = this.#clock.schedule(LAST_MS, () => {
      this.#waiting.splice(0);
      this.#end.abort();
    });
    while (this.#writing.size > 0) await Promise.all(this.#writing);
    cancel();
  }

  #writeNext(): void {
    while (this.#writing.size < AT_ONCE) {
      const event = this.#waiting.shift();
      if (event === undefined) return;
      const write = this.#recorder.record(event, { signal: this.#end.signal }).finally(() => {
        this.#writing.delete(write);
        this.#writeNext();
      });
      this.#writing.add(write);
    }
  }
}
