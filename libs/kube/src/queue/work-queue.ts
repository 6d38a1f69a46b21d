import type { Clock } from '../clock.ts';
import { DelayHeap, type Delayed } from './delay-heap.ts';
import { Fifo } from '../fifo.ts';
import type { Lane } from '../informer.ts';
import type { KubeMetrics } from '../metrics.ts';
import { backoffMs, RetryLimit } from './retry-limit.ts';
import { SteadyTime } from '../steady-time.ts';

/** While bulk keys wait, so many live keys go first for each of them: the whole fleet gets at least a ninth of the runs. */
export const LIVE_PER_BULK = 8;

/** What follows a run of a key. */
export type Next =
  | { readonly kind: 'done' }
  | { readonly kind: 'requeue'; readonly afterMs: number }
  /**
   * Back off, but no longer than `maxDelayMs` (the key is due then for another reason), and at least `minDelayMs` (what the server asked
   * for), which has the last word. A conflict only means that the cache was behind: it does not count against the limit on the retries of all
   * keys, or a fleet whose caches lag a little would wait minutes.
   */
  | {
      readonly kind: 'retry';
      readonly minDelayMs: number;
      readonly maxDelayMs?: number | undefined;
      readonly isConflict?: boolean;
    };

export interface WorkQueueOptions {
  /** `name` label of the workqueue_* metrics. */
  readonly name: string;
  readonly clock: Clock;
  readonly metrics?: KubeMetrics | undefined;
  /** Called when a key can be taken; it must not take it within the call. */
  readonly onReady: () => void;
}

interface Entry extends Delayed {
  readonly key: string;
  /** queued: in a lane; waiting: in the heap; running: handed out. */
  state: 'queued' | 'waiting' | 'running';
  lane: Lane;
  /** Set when the key was touched during its run. */
  again: Lane | undefined;
  failures: number;
  readyMs: number;
}

/**
 * Deduplicating queue of keys (registration 1.3). A key is handed out to one run at a time; touched meanwhile, it comes again after
 * that run. Every add ends the wait of the key, be it a requeue or a back-off: the run that follows says anew when to look again.
 * A requeue or a retry keeps the lane of its run, so that a key somebody waits for is not thrown back behind the fleet.
 */
export class WorkQueue {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #time: SteadyTime;
  readonly #metrics: KubeMetrics | undefined;
  readonly #onReady: () => void;
  readonly #entries = new Map<string, Entry>();
  readonly #lanes = { live: new Fifo<Entry>(), bulk: new Fifo<Entry>() };
  readonly #delayed = new DelayHeap<Entry>();
  readonly #retries = new RetryLimit();
  #liveInARow = 0;
  #timer: { readonly dueMs: number; readonly cancel: () => void } | undefined;
  #stopped = false;

  constructor({ name, clock, metrics, onReady }: WorkQueueOptions) {
    this.#name = name;
    this.#clock = clock;
    this.#time = new SteadyTime(clock);
    this.#metrics = metrics;
    this.#onReady = onReady;
    // A queue to which nothing has happened is to be seen, too: a missing series looks like a missing controller.
    metrics?.queueDepth(name, 0);
  }

  /** Keys that could be taken now. */
  get depth(): number {
    return this.#lanes.live.size + this.#lanes.bulk.size;
  }

  /** Asks for a run of the key, now or, when it is running, once more after that. */
  add(key: string, { lane, resetBackoff }: { readonly lane: Lane; readonly resetBackoff: boolean }): void {
    if (this.#stopped) return;
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      const fresh: Entry = {
        key,
        state: 'waiting',
        lane,
        again: undefined,
        failures: 0,
        readyMs: 0,
        dueMs: 0,
        heapIndex: -1,
      };
      this.#entries.set(key, fresh);
      this.#enqueue(fresh);
      return;
    }
    if (resetBackoff) entry.failures = 0;
    this.#touch(entry, lane);
  }

  /** The next key to run; the caller must `finish` it. */
  take(): { readonly key: string; readonly lane: Lane } | undefined {
    if (this.#stopped) return undefined;
    const entry = this.#lanes[this.#nextLane()].take();
    if (entry === undefined) return undefined;
    entry.state = 'running';
    this.#metrics?.queueDepth(this.#name, this.depth);
    this.#metrics?.queueLatency(this.#name, (this.#time.nowMs() - entry.readyMs) / 1000);
    return { key: entry.key, lane: entry.lane };
  }

  /** Ends the run of a key. A key that was touched during the run is queued again at once, whatever the run said. */
  finish(key: string, next: Next): void {
    const entry = this.#entries.get(key);
    if (entry?.state !== 'running') {
      throw new Error(`queue ${this.#name}: key "${key}" is finished but was not running`);
    }
    const { again } = entry;
    entry.again = undefined;
    if (next.kind !== 'retry') entry.failures = 0;
    if (again !== undefined) {
      if (next.kind === 'retry') entry.failures += 1;
      entry.lane = next.kind === 'done' ? again : urgent(entry.lane, again);
      this.#enqueue(entry);
      return;
    }
    if (next.kind === 'done' || this.#stopped) this.#entries.delete(key);
    else this.#wait(entry, next.kind === 'requeue' ? next.afterMs : this.#bookRetryMs(entry, next));
  }

  /** Hands out no more keys and drops what waits. Runs in progress may still be finished. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #touch(entry: Entry, lane: Lane): void {
    if (entry.state === 'running') {
      entry.again = entry.again === undefined ? lane : urgent(entry.again, lane);
      return;
    }
    const wanted = urgent(entry.lane, lane);
    if (entry.state === 'queued') {
      if (wanted === entry.lane) return;
      this.#lanes[entry.lane].remove(entry);
      this.#lanes[wanted].add(entry);
      entry.lane = wanted;
      return;
    }
    entry.lane = wanted;
    this.#delayed.remove(entry);
    this.#enqueue(entry);
  }

  #nextLane(): Lane {
    const { live, bulk } = this.#lanes;
    const isBulkTurn = live.size === 0 || (bulk.size > 0 && this.#liveInARow >= LIVE_PER_BULK);
    this.#liveInARow = isBulkTurn || bulk.size === 0 ? 0 : this.#liveInARow + 1;
    return isBulkTurn ? 'bulk' : 'live';
  }

  #enqueue(entry: Entry): void {
    if (this.#stopped) {
      this.#entries.delete(entry.key);
      return;
    }
    entry.state = 'queued';
    entry.readyMs = this.#time.nowMs();
    this.#lanes[entry.lane].add(entry);
    this.#metrics?.queueAdd(this.#name);
    this.#metrics?.queueDepth(this.#name, this.depth);
    this.#onReady();
  }

  #bookRetryMs(
    entry: Entry,
    { minDelayMs, maxDelayMs = Infinity, isConflict = false }: Next & { readonly kind: 'retry' },
  ): number {
    const ownMs = backoffMs(entry.failures);
    entry.failures += 1;
    // A key that comes for another reason is no retry.
    const isUnlimited = isConflict || maxDelayMs <= ownMs;
    const limitedMs = isUnlimited ? 0 : this.#retries.reserveMs(this.#time.nowMs());
    return Math.max(Math.min(Math.max(ownMs, limitedMs), maxDelayMs), minDelayMs);
  }

  #wait(entry: Entry, delayMs: number): void {
    this.#metrics?.queueRetry(this.#name); // as in client-go, which counts every delayed add
    if (delayMs <= 0) {
      this.#enqueue(entry);
      return;
    }
    entry.state = 'waiting';
    entry.dueMs = this.#time.nowMs() + delayMs;
    this.#delayed.add(entry);
    this.#arm();
  }

  /** One timer for all delayed keys. One that is too early does no harm, so removals leave it alone. */
  #arm(): void {
    const first = this.#delayed.first();
    if (first === undefined || this.#stopped) return;
    if (this.#timer !== undefined && this.#timer.dueMs <= first.dueMs) return;
    this.#timer?.cancel();
    const { dueMs } = first;
    const delayMs = Math.max(dueMs - this.#time.nowMs(), 0);
    this.#timer = { dueMs, cancel: this.#clock.schedule(delayMs, () => this.#onTimer(dueMs)) };
  }

  #onTimer(dueMs: number): void {
    this.#timer = undefined;
    this.#time.reached(dueMs);
    const nowMs = this.#time.nowMs();
    for (
      let first = this.#delayed.first();
      first !== undefined && first.dueMs <= nowMs;
      first = this.#delayed.first()
    ) {
      this.#delayed.remove(first);
      this.#enqueue(first);
    }
    this.#arm();
  }
}

function urgent(one: Lane, other: Lane): Lane {
  return one === 'live' ? one : other;
}
