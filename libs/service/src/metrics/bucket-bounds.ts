/**
 * The text of metrics with bounds of buckets as the Go implementation prints them: `le="1e-05"`, where JavaScript says `0.00001`. The bound is a
 * label: in other words it is another series to whoever records rules on it (placement 15).
 */
export function goBucketBounds(text: string): string {
  return text.replaceAll(/(?<=[{,]le=")[^"]+(?=")/g, (bound) => {
    const value = Number(bound);
    return Number.isFinite(value) ? goFloat(value) : bound;
  });
}

/** The fewest digits that say the number; with an exponent of two digits or more below 0.0001 and from 1,000,000 on. */
function goFloat(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 6)) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
