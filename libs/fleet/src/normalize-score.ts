/** The range of scores (placement 2.1). */
const HIGHEST = 100;
const LOWEST = -100;

/**
 * Maps a measured value to a score for an AddOnPlacementScore: `min` and below give -100, above `max` gives 100, and what lies between is
 * linear with the fraction dropped toward zero (placement 18.3).
 *
 * @throws RangeError when a bound or the value is not a number, or `min` is above `max`
 */
export function normalizeScore(value: number, bounds: { readonly min: number; readonly max: number }): number {
  const { min, max } = bounds;
  if ([value, min, max].some(Number.isNaN) || min > max) {
    throw new RangeError(`cannot score ${value} between ${min} and ${max}; allowed are numbers with min <= max`);
  }
  if (value > max) return HIGHEST;
  if (value <= min) return LOWEST;
  // Adding 0 turns -0 into 0.
  return Math.trunc((200 * (value - min)) / (max - min) - 100) + 0;
}
