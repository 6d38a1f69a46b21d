/** A part of scheduling whose duration is of interest (placement 15). */
export type MeasuredStep =
  | { readonly kind: 'filter' | 'prioritizer'; readonly plugin: string }
  /** The expressions of one predicate for one cluster. */
  | { readonly kind: 'cel' };

/** Runs a step and notes how long it took: scheduling has no clock of its own. Gives back what the step gives. */
export interface Measure {
  <T>(step: MeasuredStep, run: () => T): T;
  /** The same with places to stop: noted once, when it is done, without what others do in between. */
  readonly inSteps: <T>(step: MeasuredStep, steps: Generator<void, T>) => Generator<void, T>;
}

export const unmeasured: Measure = Object.assign(<T>(_step: MeasuredStep, run: () => T): T => run(), {
  inSteps: <T>(_step: MeasuredStep, steps: Generator<void, T>): Generator<void, T> => steps,
});

/**
 * Measures by a clock.
 *
 * @param elapsedMs milliseconds since some moment, by a clock that nobody sets
 */
export function measureBy(elapsedMs: () => number, note: (step: MeasuredStep, seconds: number) => void): Measure {
  const measure = <T>(step: MeasuredStep, run: () => T): T => {
    const startMs = elapsedMs();
    try {
      return run();
    } finally {
      note(step, (elapsedMs() - startMs) / 1000);
    }
  };
  const inSteps = function* <T>(step: MeasuredStep, steps: Generator<void, T>): Generator<void, T> {
    const startMs = elapsedMs();
    let pausedMs = 0;
    try {
      for (;;) {
        const { done, value } = steps.next();
        if (done === true) return value;
        const pausedAtMs = elapsedMs();
        yield;
        pausedMs += elapsedMs() - pausedAtMs;
      }
    } finally {
      note(step, (elapsedMs() - startMs - pausedMs) / 1000);
    }
  };
  return Object.assign(measure, { inSteps });
}
