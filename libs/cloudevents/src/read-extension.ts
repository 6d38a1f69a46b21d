import { type AttributeValue, type CloudEvent, EventError } from './event.ts';

type Attributes = Pick<CloudEvent, 'extensions'>;

const DECIMAL = /^[+-]?\d+$/;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * The extension as a string, or `undefined` when the event does not have it (cloudevents-grpc 2.4: no other type will do).
 *
 * @throws EventError when it is of another type
 */
export function findString({ extensions }: Attributes, name: string): string | undefined {
  const found = extensions.get(name);
  if (found === undefined) return undefined;
  if (found.kind !== 'string') throw wrongType(name, found, 'a string');
  return found.value;
}

/** As `findString`; a missing attribute is an EventError too. */
export function requireString(event: Attributes, name: string): string {
  return required(name, findString(event, name));
}

/**
 * The extension as an integer, which may be written as a decimal string (cloudevents-grpc 2.4), or `undefined` when the event does not have it.
 *
 * @throws EventError when it is of another type or beyond 2^53
 */
export function findInteger({ extensions }: Attributes, name: string): number | undefined {
  const found = extensions.get(name);
  if (found === undefined) return undefined;
  if (found.kind === 'integer') return found.value;
  const value = found.kind === 'string' && DECIMAL.test(found.value) ? Number(found.value) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw wrongType(name, found, 'an integer');
  return value;
}

/** As `findInteger`; a missing attribute is an EventError too. */
export function requireInteger(event: Attributes, name: string): number {
  return required(name, findInteger(event, name));
}

/**
 * The extension as an instant, which may be written as an RFC 3339 string (cloudevents-grpc 2.4), or `undefined` when the event does not have it.
 *
 * @throws EventError when it is of another type
 */
export function findTimestamp({ extensions }: Attributes, name: string): Date | undefined {
  const found = extensions.get(name);
  if (found === undefined) return undefined;
  if (found.kind === 'timestamp') return found.value;
  const time = found.kind === 'string' && RFC3339.test(found.value) ? new Date(found.value) : undefined;
  if (time === undefined || Number.isNaN(time.getTime())) throw wrongType(name, found, 'an instant (RFC 3339)');
  return time;
}

function required<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new EventError(`extension attribute ${name} is missing`);
  return value;
}

function wrongType(name: string, { kind, value }: AttributeValue, wanted: string): EventError {
  const shown = kind === 'string' ? ` ${JSON.stringify(value.slice(0, 100))}` : '';
  return new EventError(`extension attribute ${name} is of type ${kind}${shown}; allowed is ${wanted}`);
}
