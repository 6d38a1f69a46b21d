import type { Runtime } from '../../plan/runtime.ts';
import { DURATION, INT, STRING, TIMESTAMP } from '../../types/type.ts';
import type { Duration } from '../../values/duration.ts';
import { type CalendarFields, calendarFields, epochMs, type Timestamp } from '../../values/timestamp.ts';
import { CelError, type CelResult } from '../../values/value.ts';
import { member } from '../define.ts';
import type { FunctionDeclaration, Overload } from '../library.ts';
import { zoneOffsetMs } from '../time-zone.ts';

type Field = (fields: CalendarFields) => number;

/** What a clock of a named zone shows takes far longer to find out than what one of UTC does. */
const NAMED_ZONE_COST = 5;

function fieldInZone(timestamp: Timestamp, zone: string, runtime: Runtime): CalendarFields | CelError {
  if (/^[A-Za-z]/.test(zone) && zone !== 'UTC') runtime.meter.charge(NAMED_ZONE_COST);
  const offsetMs = zoneOffsetMs(zone, epochMs(timestamp), runtime.clocks);
  return offsetMs === undefined
    ? new CelError(`unknown time zone ${zone.slice(0, 100)}`)
    : calendarFields(timestamp, offsetMs);
}

const calendar = (field: Field): readonly Overload[] => [
  member<[Timestamp]>({
    parameters: [TIMESTAMP],
    result: INT,
    call: ([timestamp]) => BigInt(field(calendarFields(timestamp, 0))),
  }),
  member<[Timestamp, string]>({
    parameters: [TIMESTAMP, STRING],
    result: INT,
    call: ([timestamp, zone], runtime): CelResult => {
      const fields = fieldInZone(timestamp, zone, runtime);
      return fields instanceof CelError ? fields : BigInt(field(fields));
    },
  }),
];

const inUnits = (nanosPerUnit: bigint): Overload =>
  member<[Duration]>({ parameters: [DURATION], result: INT, call: ([{ nanos }]) => nanos / nanosPerUnit });

/** What reads calendar and clock, in UTC or in a given time zone, and the length of a duration in a unit. */
export const time: readonly FunctionDeclaration[] = [
  { name: 'getFullYear', overloads: calendar(({ year }) => year) },
  { name: 'getMonth', overloads: calendar(({ month }) => month) },
  { name: 'getDate', overloads: calendar(({ day }) => day) },
  { name: 'getDayOfMonth', overloads: calendar(({ day }) => day - 1) },
  { name: 'getDayOfWeek', overloads: calendar(({ weekday }) => weekday) },
  { name: 'getDayOfYear', overloads: calendar(({ dayOfYear }) => dayOfYear) },
  { name: 'getHours', overloads: [...calendar(({ hour }) => hour), inUnits(3_600_000_000_000n)] },
  { name: 'getMinutes', overloads: [...calendar(({ minute }) => minute), inUnits(60_000_000_000n)] },
  { name: 'getSeconds', overloads: [...calendar(({ second }) => second), inUnits(1_000_000_000n)] },
  { name: 'getMilliseconds', overloads: [...calendar(({ millisecond }) => millisecond), inUnits(1_000_000n)] },
];
