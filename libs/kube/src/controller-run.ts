import type { Clock } from './clock.ts';
import type { Controller, Outcome } from './controller.ts';
import { asError } from './error.ts';
import type { Logger } from './logger.ts';
import type { KubeMetrics } from './metrics.ts';
import { type Next, WorkQueue } from './queue/work-queue.ts';
import { SteadyTime } from './steady-time.ts';
import { judgeFailure } from './reconcile-failure.ts';

const WORKERS = 16;

export interface ControllerRunOptions {
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: KubeMetrics | undefined;
  /** Given to every reconcile. */
  readonly signal: AbortSignal;
}

/** One controller at work: its queue, its sources and its running reconciles. */
export class ControllerRun {
  readonly #controller: Controller;
  readonly #options: ControllerRunOptions;
  readonly #queue: WorkQueue;
  readonly #time: SteadyTime;
  readonly #running = new Map<string, Promise<void>>();
  #sources: readonly (() => void)[] = [];
  #runs = 0;
  #isStarted = false;
  #isPumping = false;

  constructor(controller: Controller, options: ControllerRunOptions) {
    this.#controller = controller;
    this.#options = options;
    this.#time = new SteadyTime(options.clock);
    this.#queue = new WorkQueue({
      name: controller.name,
      clock: options.clock,
      metrics: options.metrics,
      onReady: () => this.#pump(),
    });
  }

  get name(): string {
    return this.#controller.name;
  }

  /** Keys whose reconcile has not ended. */
  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** Collects keys; nothing runs before `start`. */
  watch(): void {
    this.#sources = this.#controller.watches.map((source) =>
      source.start((key, options) => this.#queue.add(key, options)),
    );
  }

  start(): void {
    this.#isStarted = true;
    this.#pump();
  }

  /** Takes no more keys. What runs goes on. */
  stop(): void {
    this.#isStarted = false;
    for (const stopSource of this.#sources) stopSource();
    this.#queue.stop();
  }

  /** Resolves when no reconcile runs. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Fills the workers in a later turn of the event loop: thousands of keys must not keep sockets and timers waiting. */
  #pump(): void {
    if (this.#isPumping || !this.#isStarted) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      const { workers = WORKERS } = this.#controller;
      while (this.#isStarted && this.#running.size < workers) {
        const work = this.#queue.take();
        if (work === undefined) return;
        this.#running.set(work.key, this.#process(work.key));
      }
    });
  }

  async #process(key: string): Promise<void> {
    const { metrics } = this.#options;
    this.#runs += 1;
    const run = this.#runs;
    const startMs = this.#time.nowMs();
    const ended = metrics?.workStarted(this.name);
    const outcome = await this.#reconcile(key);
    ended?.();
    metrics?.workDuration(this.name, (this.#time.nowMs() - startMs) / 1000);
    this.#running.delete(key);
    this.#queue.finish(key, this.#next(outcome, { key, run }));
    this.#pump();
  }

  async #reconcile(key: string): Promise<Outcome> {
    try {
      return await this.#controller.reconcile(key, this.#options.signal);
    } catch (error) {
      return { kind: 'retry', error: asError(error) };
    }
  }

  #next(outcome: Outcome, { key, run }: { readonly key: string; readonly run: number }): Next {
    if (outcome.kind !== 'retry') return outcome;
    const { log, signal } = this.#options;
    const { error, atMostMs } = outcome;
    const { isConflict, minDelayMs } = judgeFailure(error);
    const fields = { controller: this.name, key, run, error };
    if (signal.aborted) log.debug(fields, 'reconcile stopped');
    else if (isConflict) log.debug(fields, 'conflict: will retry');
    else log.warn(fields, 'reconcile failed, will retry');
    return { kind: 'retry', minDelayMs, maxDelayMs: atMostMs, isConflict };
  }
}
