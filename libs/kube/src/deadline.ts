import type { Clock } from './clock.ts';

/** A signal that fires with `outer`, or after `ms` at the latest. Dispose it when the work is done: it then leaves nothing on `outer`. */
export function deadlineSignal(
  clock: Clock,
  ms: number,
  outer?: AbortSignal,
): Disposable & { readonly signal: AbortSignal } {
  const deadline = new AbortController();
  const onOuter = (): void => deadline.abort(outer?.reason);
  if (outer?.aborted === true) onOuter();
  outer?.addEventListener('abort', onOuter, { once: true });
  const cancel = clock.schedule(ms, () => deadline.abort(new Error(`no answer within ${ms} ms`)));
  return {
    signal: deadline.signal,
    [Symbol.dispose]() {
      cancel();
      outer?.removeEventListener('abort', onOuter);
    },
  };
}
