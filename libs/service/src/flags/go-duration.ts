const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const DURATION = new RegExp(`^[+-]?(?:(?:${PART.source})+|0)$`);

/**
 * Milliseconds of a duration as Go writes it: `1h30m`, `137s`, `1.5h`, `-10ms`, `0`. Fractions of a millisecond are kept.
 * `undefined` when the text is no duration.
 */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > MAX_LENGTH || !DURATION.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(PART)) totalMs += Number(amount) * (UNIT_MS[unit] ?? 0);
  return text.startsWith('-') ? 0 - totalMs : totalMs;
}

/** Far beyond any sensible duration. */
const MAX_LENGTH = 100;
