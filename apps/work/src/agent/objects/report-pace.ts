const MINUTE_MS = 60_000;

interface Pace {
  readonly sinceMs: number;
  readonly count: number;
  readonly lastMs: number;
}

/** Lets everybody report at once, but whoever does so all the time only at an interval. */
export class ReportPace {
  readonly #perMinute: number;
  readonly #slowMs: number;
  readonly #paces = new Map<string, Pace>();

  /** So many reports in a minute go at once; after that there are `slowMs` between two. */
  constructor({ perMinute, slowMs }: { readonly perMinute: number; readonly slowMs: number }) {
    this.#perMinute = perMinute;
    this.#slowMs = slowMs;
  }

  /** Whether a report may go now; if so it is counted. */
  mayReport(key: string, nowMs: number): boolean {
    const before = this.#paces.get(key);
    const isNew = before === undefined || isOver(before, nowMs);
    if (isNew) this.#forgetOld(nowMs);
    const { sinceMs, count, lastMs } = isNew ? { sinceMs: nowMs, count: 0, lastMs: 0 } : before;
    if (count >= this.#perMinute && nowMs - lastMs < this.#slowMs) return false;
    this.#paces.set(key, { sinceMs, count: count + 1, lastMs: nowMs });
    return true;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, pace] of this.#paces) {
      if (isOver(pace, nowMs)) this.#paces.delete(key);
    }
  }
}

/** Whether its minute is over; nobody waits for a clock that was set back. */
function isOver({ sinceMs, lastMs }: Pace, nowMs: number): boolean {
  return nowMs - sinceMs >= MINUTE_MS || nowMs < lastMs;
}
