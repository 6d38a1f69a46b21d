import { offsetMinutes, utcDate } from '../values/timestamp.ts';

/**
 * How far local time is ahead of UTC, in milliseconds; undefined when there is no such zone.
 *
 * @param zone a name of the IANA database, or an offset such as `-05:30`
 * @param atMs since 1970-01-01T00:00:00Z
 * @param clocks those made before for names of zones, as making one is slow
 */
export function zoneOffsetMs(zone: string, atMs: number, clocks: Map<string, Intl.DateTimeFormat>): number | undefined {
  if (zone === 'UTC' || zone === '') return 0;
  const fixed = /^([+-]?)(\d{1,2}):(\d\d)$/.exec(zone);
  if (fixed) {
    const minutes = offsetMinutes(fixed.slice(1));
    return minutes === undefined ? undefined : minutes * 60_000;
  }
  const clock = clocks.get(zone) ?? makeClock(zone);
  if (!clock) return undefined;
  clocks.set(zone, clock);
  const shown = new Map(clock.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const field = (type: Intl.DateTimeFormatPartTypes): number => Number(shown.get(type) ?? 0);
  const year = shown.get('era') === 'BC' ? 1 - field('year') : field('year');
  const day = utcDate(year, field('month'), field('day')).getTime();
  const local = day + field('hour') * 3_600_000 + field('minute') * 60_000 + field('second') * 1000;
  return local - Math.floor(atMs / 1000) * 1000;
}

function makeClock(zone: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(zone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined; // no such zone
    throw error;
  }
}
