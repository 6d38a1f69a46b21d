/** What one step of scheduling came to. `plugin` is the filter or prioritizer that says so; empty when it is none of them (placement 3). */
export type Verdict = { readonly kind: 'success' } | Warning | Misconfiguration;

/** Scheduling went through, and there is something to report. */
export interface Warning {
  readonly kind: 'warning';
  readonly plugin: string;
  readonly message: string;
}

/** The Placement cannot be evaluated as it is written. */
export interface Misconfiguration {
  readonly kind: 'misconfigured';
  readonly plugin: string;
  readonly message: string;
}

export const SUCCESS: Verdict = { kind: 'success' };

export function misconfigured(plugin: string, message: string): Misconfiguration {
  return { kind: 'misconfigured', plugin, message };
}
