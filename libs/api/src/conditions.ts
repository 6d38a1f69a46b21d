import type { Condition, Timestamp } from './meta.ts';

/** What a writer says about a condition; the time of the transition follows from what was there before. */
export type ConditionUpdate = Omit<Condition, 'lastTransitionTime'>;

/** Longest message of a condition, in characters: the schemas refuse a longer one, and with it the whole status. */
export const LONGEST_CONDITION_MESSAGE = 32_768;

/** The condition of a type; `undefined` when it has never been written. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition of a type exists with status True. */
export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/**
 * The conditions with one of them written: replaced in place, or appended when its type is new. `lastTransitionTime` changes only when
 * `status` changes. A message that is too long is cut. Returns the same array when nothing would change.
 *
 * @param update without `observedGeneration` the written condition has none
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  update: ConditionUpdate,
  now: Date,
): readonly Condition[] {
  const next = bounded(update);
  const present = findCondition(conditions, next.type);
  if (conditions === undefined || present === undefined) {
    return [...(conditions ?? []), stamped(next, timestamp(now))];
  }
  if (saysTheSame(present, next)) return conditions;
  const since = present.status === next.status ? present.lastTransitionTime : timestamp(now);
  return conditions.map((condition) => (condition === present ? stamped(next, since) : condition));
}

/** The conditions without that of a type; the same array when there is none. */
export function removeCondition(conditions: readonly Condition[], type: string): readonly Condition[] {
  return findCondition(conditions, type) ? conditions.filter((condition) => condition.type !== type) : conditions;
}

/** A time as the API writes it: RFC 3339 in UTC with whole seconds. */
export function timestamp(time: Date): Timestamp {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** A time as leases and events carry it: RFC 3339 in UTC with microseconds, of which the last three are always 0. */
export function microTimestamp(time: Date): Timestamp {
  return `${time.toISOString().slice(0, 23)}000Z`;
}

function bounded(update: ConditionUpdate): ConditionUpdate {
  const { message } = update;
  return message.length <= LONGEST_CONDITION_MESSAGE
    ? update
    : { ...update, message: message.slice(0, LONGEST_CONDITION_MESSAGE) };
}

function saysTheSame(present: Condition, next: ConditionUpdate): boolean {
  return (
    present.status === next.status &&
    present.reason === next.reason &&
    present.message === next.message &&
    present.observedGeneration === next.observedGeneration
  );
}

function stamped(update: ConditionUpdate, lastTransitionTime: Timestamp): Condition {
  const { type, status, reason, message, observedGeneration } = update;
  const condition = { type, status, reason, message, lastTransitionTime };
  return observedGeneration === undefined ? condition : { ...condition, observedGeneration };
}
