import { Worker } from 'node:worker_threads';
import type { Clock } from '@ocm/kube';
import type { JqReport, JqTask } from './jq-worker.ts';

/** Evaluates jq programs; what it throws says why one failed. */
export interface Jq {
  /** The only result of a program, as JSON; `input` is JSON too. */
  evaluate(task: JqTask, signal: AbortSignal): Promise<string>;
}

export interface JqThreadOptions {
  readonly clock: Clock;
  /** An evaluation that takes longer is ended. */
  readonly limitMs: number;
  /** A thread that has nothing to do for so long is ended, and its memory given back. */
  readonly idleMs: number;
}

/** For the start of a thread, which has to compile jq: also on a slow and busy machine. */
const START_MS = 30_000;
/** JavaScript heap of the thread; the memory of jq itself is limited in the thread. */
const HEAP_MB = 64;

/**
 * jq in a thread of its own: started when the first expression comes, ended when one takes too long. So an expression can waste a limited
 * time and memory of that thread, and nothing else.
 */
export class JqThread implements Jq {
  readonly #options: JqThreadOptions;
  #worker: Promise<Worker> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #cancelIdle: (() => void) | undefined;

  constructor(options: JqThreadOptions) {
    this.#options = options;
  }

  evaluate(task: JqTask, signal: AbortSignal): Promise<string> {
    // One at a time: the limit is that of an evaluation, not of a queue.
    const result = this.#last.then(async () => {
      signal.throwIfAborted();
      return onlyResult(await this.#run(task));
    });
    this.#last = result.catch(() => {});
    return result;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends the thread; the next expression starts another. */
  async close(): Promise<void> {
    this.#cancelIdle?.();
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.then(
      (running) => running.terminate(),
      () => {},
    );
  }

  async #run(task: JqTask): Promise<JqReport> {
    const { clock, limitMs, idleMs } = this.#options;
    this.#cancelIdle?.();
    this.#worker ??= this.#start();
    try {
      const worker = await this.#worker;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      const report = await this.#answer(worker, limitMs, () => worker.postMessage(task));
      this.#cancelIdle = clock.schedule(idleMs, () => void this.close(), { background: true });
      return report;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #start(): Promise<Worker> {
    // The bundle has it beside itself, compiled.
    const file = import.meta.url.endsWith('.ts') ? './jq-worker.ts' : './jq-worker.mjs';
    const worker = new Worker(new URL(file, import.meta.url), {
      stdout: true, // kept apart from ours
      stderr: true,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    worker.unref();
    worker.on('error', () => {}); // whoever waits for an answer hears of it
    try {
      await this.#answer(worker, START_MS, () => {});
      return worker;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  /** The next report of the thread. */
  #answer(worker: Worker, limitMs: number, ask: () => void): Promise<JqReport> {
    return new Promise((resolve, reject) => {
      const late = (): void => {
        settle();
        reject(new Error(`it took longer than ${limitMs / 1000} s`));
      };
      // An answer that has come while this thread was busy is taken in before late has its turn.
      const cancel = this.#options.clock.schedule(limitMs, () => setImmediate(late));
      const onMessage = (report: JqReport): void => {
        settle();
        resolve(report);
      };
      const onError = (cause: unknown): void => {
        settle();
        reject(new Error('the jq thread has failed', { cause }));
      };
      const onExit = (): void => onError(new Error('it has ended'));
      const settle = (): void => {
        cancel();
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      ask();
    });
  }
}

function onlyResult(report: JqReport): string {
  switch (report.kind) {
    case 'failed':
      throw new Error(report.message);
    case 'ready':
      throw new Error('the jq thread is out of step');
    case 'results': {
      const lines = report.text.split('\n').filter((line) => line !== '');
      const [result] = lines;
      if (result === undefined || lines.length > 1) throw new Error(`it gave ${lines.length} results instead of one`);
      return result;
    }
  }
}
