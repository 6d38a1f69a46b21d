import { parseExact } from '@ocm/kube';
import { type AttributeValue, checkExtensionName, type CloudEvent, EventError } from './event.ts';
import { parseJsonObject } from './json-object.ts';

const STANDARD = new Set(['id', 'source', 'specversion', 'type', 'time', 'subject', 'dataschema', 'datacontenttype']);
const PAYLOAD = new Set(['data', 'data_base64']);
/** A server reads such an event before it knows whose it is. Who has more to say uses `data_base64`, as we do, or the binary mode. */
const MOST_VALUES = 10_000;
/** Media type of an event that is one JSON document. */
export const JSON_EVENT = 'application/cloudevents+json';

/**
 * An event that came as one JSON document (structured mode of the CloudEvents JSON format).
 *
 * @throws EventError for batches, other formats and whatever is no event
 */
export function parseStructured(contentType: string, bytes: Uint8Array | undefined): CloudEvent {
  const mediaType = contentType.split(';', 1)[0]?.trim();
  if (mediaType !== JSON_EVENT) throw new EventError(`contenttype is "${contentType}"; allowed: ${JSON_EVENT}`);
  const text = Buffer.from(bytes ?? []).toString('utf8');
  const options = { parse: parseExact, mostValues: MOST_VALUES };
  const members = parseJsonObject(text, 'the structured event', options) as Members;
  const extensions = Object.entries(members)
    .filter(([name]) => !STANDARD.has(name) && !PAYLOAD.has(name))
    .map(([name, value]): [string, AttributeValue] => [checkExtensionName(name), attributeOf(name, value)]);
  if (members['specversion'] !== '1.0' && members['specversion'] !== '0.3') {
    throw new EventError('specversion of the structured event is neither 1.0 nor 0.3');
  }
  return {
    id: requiredText(members, 'id'),
    source: requiredText(members, 'source'),
    type: requiredText(members, 'type'),
    time: timeOf(members),
    subject: findText(members, 'subject'),
    dataSchema: findText(members, 'dataschema'),
    dataContentType: findText(members, 'datacontenttype'),
    extensions: new Map(extensions),
    data: dataOf(members),
  };
}

/**
 * The event as one JSON document. The payload is in base64, so that its bytes stay as they are.
 *
 * @param text the string form of an attribute that JSON has no type for
 */
export function formatStructured(event: CloudEvent, text: (value: AttributeValue) => string): Buffer {
  const { id, source, type, time, subject, dataSchema, dataContentType, data } = event;
  const attributes = [...event.extensions].map(([name, value]) => {
    const isPlain = value.kind === 'boolean' || value.kind === 'integer';
    return [checkExtensionName(name), isPlain ? value.value : text(value)] as const;
  });
  const document = {
    specversion: '1.0',
    id,
    source,
    type,
    time: time?.toISOString(),
    subject,
    dataschema: dataSchema,
    datacontenttype: dataContentType,
    ...Object.fromEntries(attributes),
    data_base64: data === undefined ? undefined : Buffer.from(data).toString('base64'),
  };
  return Buffer.from(JSON.stringify(document));
}

type Members = Readonly<Record<string, unknown>>;

function findText(members: Members, name: string): string | undefined {
  const value = members[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new EventError(`${name} of the structured event is no string`);
  return value;
}

function requiredText(members: Members, name: string): string {
  const value = findText(members, name);
  if (value === undefined || value === '') throw new EventError(`${name} of the structured event is missing`);
  return value;
}

function timeOf(members: Members): Date | undefined {
  const value = findText(members, 'time');
  if (value === undefined) return undefined;
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) throw new EventError('time of the structured event is no instant');
  return time;
}

function attributeOf(name: string, value: unknown): AttributeValue {
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'number' && Number.isInteger(value)) return { kind: 'integer', value };
  throw new EventError(`${name} of the structured event is neither string, boolean nor integer`);
}

function dataOf(members: Members): Uint8Array | undefined {
  const encoded = findText(members, 'data_base64');
  if (encoded !== undefined) return Buffer.from(encoded, 'base64');
  return members['data'] === undefined ? undefined : Buffer.from(JSON.stringify(members['data']));
}
