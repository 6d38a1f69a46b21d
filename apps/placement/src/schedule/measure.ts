/** A part of scheduling whose duration is of interest (placement 15). */
export type MeasuredStep =
  | { readonly kind: 'filter' | 'prioritizer'; readonly plugin: string }
  /** The expressions of one predicate for one cluster. */
  | { readonly kind: 'cel' };

/** Runs a step and notes how long it took: scheduling has no clock of its own. Gives back what the step gives. */
export type Measure = <T>(step: MeasuredStep, run: () => T) => T;

export const unmeasured: Measure = (_step, run) => run();
