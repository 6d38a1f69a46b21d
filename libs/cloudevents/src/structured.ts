import { type AttributeValue, checkExtensionName, type CloudEvent, EventError } from './event.ts';

const STANDARD = new Set(['id', 'source', 'specversion', 'type', 'time', 'subject', 'dataschema', 'datacontenttype']);
const PAYLOAD = new Set(['data', 'data_base64']);
const JSON_EVENT = 'application/cloudevents+json';

/**
 * An event that came as one JSON document (structured mode of the CloudEvents JSON format).
 *
 * @throws EventError for batches, other formats and whatever is no event
 */
export function parseStructured(contentType: string, bytes: Uint8Array | undefined): CloudEvent {
  const mediaType = contentType.split(';', 1)[0]?.trim();
  if (mediaType !== JSON_EVENT) throw new EventError(`contenttype is "${contentType}"; allowed: ${JSON_EVENT}`);
  const members = parseObject(bytes);
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
    subject: text(members, 'subject'),
    dataSchema: text(members, 'dataschema'),
    dataContentType: text(members, 'datacontenttype'),
    extensions: new Map(extensions),
    data: dataOf(members),
  };
}

type Members = Readonly<Record<string, unknown>>;

function parseObject(bytes: Uint8Array | undefined): Members {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  } catch (error) {
    throw new EventError('the structured event is no JSON', { cause: error });
  }
  throw new EventError('the structured event is no JSON object');
}

function text(members: Members, name: string): string | undefined {
  const value = members[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new EventError(`${name} of the structured event is no string`);
  return value;
}

function requiredText(members: Members, name: string): string {
  const value = text(members, name);
  if (value === undefined || value === '') throw new EventError(`${name} of the structured event is missing`);
  return value;
}

function timeOf(members: Members): Date | undefined {
  const value = text(members, 'time');
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
  const encoded = text(members, 'data_base64');
  if (encoded !== undefined) return Buffer.from(encoded, 'base64');
  return members['data'] === undefined ? undefined : Buffer.from(JSON.stringify(members['data']));
}
