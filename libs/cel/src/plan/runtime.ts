import type { RE2JS } from 're2js';
import type { Meter } from './meter.ts';

/** What functions may use besides their arguments; lives as long as one evaluation. */
export interface Runtime {
  readonly meter: Meter;
  /** Patterns that the expression contains as texts. */
  readonly constantPatterns: ReadonlyMap<string, RE2JS>;
  /** Patterns that this evaluation has compiled. */
  readonly patterns: Map<string, RE2JS>;
  /** Clocks by name of the time zone. */
  readonly clocks: Map<string, Intl.DateTimeFormat>;
}
