import type { Clock } from '../clock.ts';

const LOOKS_PER_SILENCE = 3;

/** Ends a stream that has gone quiet: over a dead connection nothing would ever say so. */
export interface SilenceGuard extends Disposable {
  /** Fires when the outer signal does, or when nothing was heard for too long. */
  readonly signal: AbortSignal;
  readonly isSilent: boolean;
  /** Cheap enough to be called for each event. */
  heard(): void;
  /** From now on so much silence is no reason. */
  tolerate(silenceMs: number): void;
}

/** Fires after `silenceMs` to `4/3 silenceMs` without a call of `heard`. Dispose it when the stream is over. */
export function guardSilence(clock: Clock, silenceMs: number, outer: AbortSignal): SilenceGuard {
  const stream = new AbortController();
  const onOuter = (): void => stream.abort(outer.reason);
  let limitMs = silenceMs;
  let quietLooks = 0;
  let isSilent = false;
  let cancel: (() => void) | undefined;
  const look = (): void => {
    quietLooks += 1;
    if (quietLooks <= LOOKS_PER_SILENCE) {
      watch();
      return;
    }
    isSilent = true;
    stream.abort(new Error(`nothing heard for ${limitMs} ms`));
  };
  const watch = (): void => {
    cancel = clock.schedule(limitMs / LOOKS_PER_SILENCE, look);
  };
  if (outer.aborted) onOuter();
  else outer.addEventListener('abort', onOuter, { once: true });
  watch();
  return {
    signal: stream.signal,
    get isSilent() {
      return isSilent;
    },
    heard() {
      quietLooks = 0;
    },
    tolerate(silenceMs) {
      limitMs = silenceMs;
      quietLooks = 0;
    },
    [Symbol.dispose]() {
      cancel?.();
      outer.removeEventListener('abort', onOuter);
    },
  };
}
