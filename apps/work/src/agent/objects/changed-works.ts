import { type Clock, trigger, type WatchSource } from '@ocm/kube';
import { coalesce, type Coalesced } from './coalesce.ts';
import { ReportPace } from './report-pace.ts';

/** A work of which more changes than this are reported is reported at the slow interval only. */
const REPORTS_PER_MINUTE = 20;

export interface ChangedWorksOptions {
  readonly clock: Pick<Clock, 'now' | 'schedule'>;
  /** Changes that come within this are reported together. */
  readonly collectMs: number;
  /** Between two reports of a work that changes all the time. */
  readonly slowMs: number;
}

/** Works that have to be looked at, because an object of theirs has changed: reported together, and nobody all the time. */
export class ChangedWorks {
  readonly #changes = trigger();
  readonly #waiting = new Set<string>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #pace: ReportPace;
  readonly #collecting: Coalesced;

  constructor({ clock, collectMs, slowMs }: ChangedWorksOptions) {
    this.#clock = clock;
    this.#pace = new ReportPace({ perMinute: REPORTS_PER_MINUTE, slowMs });
    this.#collecting = coalesce(() => this.#report(), { clock, ms: collectMs });
  }

  /** Names of the works. */
  get changes(): WatchSource {
    return this.#changes;
  }

  add(works: Iterable<string>): void {
    for (const work of works) this.#waiting.add(work);
    this.#collecting.request();
  }

  cancel(): void {
    this.#collecting.cancel();
  }

  #report(): void {
    const nowMs = this.#clock.now().getTime();
    for (const name of this.#waiting) {
      if (!this.#pace.mayReport(name, nowMs)) continue;
      this.#waiting.delete(name);
      this.#changes.enqueue(name);
    }
    if (this.#waiting.size > 0) this.#collecting.request();
  }
}
