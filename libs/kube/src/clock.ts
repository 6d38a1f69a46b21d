/** Time as a collaborator: production passes `systemClock`, a test its own. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds, or at once when the signal fires; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls back once after `ms` milliseconds; the returned function cancels. A `background` timer does not keep the process alive. */
  schedule(ms: number, callback: () => void, options?: { readonly background?: boolean }): () => void;
}

/** What one timer of Node can wait, 24.8 days; it fires at once when asked for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep(ms, signal) {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const cancel = schedule(ms, finish, {});
      signal.addEventListener('abort', finish, { once: true });
    });
  },
  schedule: (ms, callback, options = {}) => schedule(ms, callback, options),
};

function schedule(ms: number, callback: () => void, options: { readonly background?: boolean }): () => void {
  let timer: NodeJS.Timeout;
  const arm = (remainingMs: number): void => {
    const stepMs = Math.min(remainingMs, LONGEST_TIMER_MS);
    timer = setTimeout(() => (remainingMs > stepMs ? arm(remainingMs - stepMs) : callback()), stepMs);
    if (options.background === true) timer.unref();
  };
  arm(ms);
  return () => clearTimeout(timer);
}
