import { CelError } from './value.ts';

const NANOS_PER_SECOND = 1_000_000_000n;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const MIN_SECONDS = -62_135_596_800n;
const MAX_SECONDS = 253_402_300_799n;
const RFC3339 = /^(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:[.,](\d{1,100}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** A point in time, exact to the nanosecond, within the years 1 to 9999. */
export class Timestamp {
  readonly typeName = 'google.protobuf.Timestamp';
  /** Since 1970-01-01T00:00:00Z. */
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

const OVERFLOW = new CelError('timestamp overflow');

/** The timestamp, or the error when it lies outside of the years 1 to 9999. */
export function checkedTimestamp(nanos: bigint): Timestamp | CelError {
  return nanos >= MIN_SECONDS * NANOS_PER_SECOND && nanos < (MAX_SECONDS + 1n) * NANOS_PER_SECOND
    ? new Timestamp(nanos)
    : OVERFLOW;
}

/** Reads RFC 3339; undefined when it is no date or out of range. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, date = '', time = '', decimals = '', ...zone] = match;
  const local = Date.parse(`${date}T${time}Z`);
  const offset = offsetMinutes(zone);
  // A day beyond the end of its month would count as one of the next.
  if (offset === undefined || !Number.isFinite(local) || !new Date(local).toISOString().startsWith(date))
    return undefined;
  const fraction = BigInt(`${decimals}000000000`.slice(0, 9));
  const result = checkedTimestamp(BigInt(local - offset * 60_000) * 1_000_000n + fraction);
  return result instanceof Timestamp ? result : undefined;
}

/** Midnight in UTC; months from 1. */
export function utcDate(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

/**
 * Minutes ahead of UTC; undefined when they are too many.
 *
 * @param parts sign, hours and minutes; all undefined for UTC
 */
export function offsetMinutes([sign, hours, minutes]: readonly (string | undefined)[]): number | undefined {
  const [hour, minute] = [Number(hours ?? 0), Number(minutes ?? 0)];
  if (hour > 23 || minute > 59) return undefined;
  return (hour * 60 + minute) * (sign === '-' ? -1 : 1);
}

/** RFC 3339 in UTC, with as many decimals as needed. */
export function formatTimestamp({ nanos }: Timestamp): string {
  const fraction = positiveRemainder(nanos, NANOS_PER_SECOND);
  const iso = new Date(Number((nanos - fraction) / 1_000_000n)).toISOString();
  const decimals = String(fraction).padStart(9, '0').replace(/0+$/, '');
  return `${iso.slice(0, 19)}${decimals === '' ? '' : `.${decimals}`}Z`;
}

export interface CalendarFields {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** From 0, which is Sunday. */
  readonly weekday: number;
  /** From 0. */
  readonly dayOfYear: number;
}

/** Milliseconds since 1970-01-01T00:00:00Z, rounded down. */
export function epochMs({ nanos }: Timestamp): number {
  return Number((nanos - positiveRemainder(nanos, 1_000_000n)) / 1_000_000n);
}

/** What calendar and clock show where local time is ahead of UTC by so many milliseconds. */
export function calendarFields(timestamp: Timestamp, offsetMs: number): CalendarFields {
  const local = new Date(epochMs(timestamp) + offsetMs);
  const newYear = utcDate(local.getUTCFullYear(), 1, 1).getTime();
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
    weekday: local.getUTCDay(),
    dayOfYear: Math.floor((local.getTime() - newYear) / 86_400_000),
  };
}

function positiveRemainder(value: bigint, divisor: bigint): bigint {
  return ((value % divisor) + divisor) % divisor;
}
