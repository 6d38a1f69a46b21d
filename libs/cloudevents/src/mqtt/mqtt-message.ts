import { type AttributeValue, checkExtensionName, type CloudEvent, EventError, stringAttribute } from '../event.ts';
import { formatStructured, JSON_EVENT, parseStructured } from '../structured.ts';

/** The parts of a PUBLISH that carry an event (cloudevents-grpc 18). */
export interface MqttMessage {
  readonly payload: Buffer;
  readonly contentType?: string;
  readonly userProperties: Readonly<Record<string, string>>;
}

/** As it was received: a property that is there more than once is a list. */
export interface ReceivedMqttMessage {
  readonly payload: Uint8Array;
  readonly contentType?: unknown;
  readonly userProperties?: Readonly<Record<string, string | string[]>> | undefined;
}

const PREFIX = 'ce-';
const STRUCTURED = 'application/cloudevents';
const SPEC_VERSION = '1.0';
const READABLE_VERSIONS: readonly (string | undefined)[] = ['0.3', SPEC_VERSION];
const STANDARD = new Set(['id', 'source', 'specversion', 'type', 'time', 'subject', 'dataschema', 'datacontenttype']);
const LONGEST_STRING_BYTES = 0xffff;
// What surrounds the strings of a PUBLISH: header, packet id, and the lengths of topic, properties and content type.
const FRAME_BYTES = 32;
const PROPERTY_BYTES = 5;

/**
 * The event as a message. In binary mode attributes are user properties, in the string forms of the CloudEvents specification; where one of them
 * is longer than MQTT lets a property be, as the metadata of works with many annotations are, the event is one JSON document (structured mode).
 *
 * @throws EventError naming a content type that is too long, or an attribute with a zero character, which MQTT cannot carry
 */
export function toMqttMessage(event: CloudEvent): MqttMessage {
  const { id, source, type, time, subject, dataSchema, dataContentType, data } = event;
  const attributes: readonly (readonly [string, string | undefined])[] = [
    ['specversion', SPEC_VERSION],
    ['id', id],
    ['source', source],
    ['type', type],
    ['time', time === undefined ? undefined : instant(time)],
    ['subject', subject],
    ['dataschema', dataSchema],
    ...[...event.extensions].map(([name, value]) => [checkExtensionName(name), canonical(value)] as const),
  ];
  const userProperties: Record<string, string> = {};
  for (const [name, value] of attributes) if (value !== undefined) userProperties[PREFIX + name] = plain(name, value);
  if (Object.values(userProperties).some(isTooLong)) {
    return { payload: formatStructured(event, canonical), contentType: JSON_EVENT, userProperties: {} };
  }
  const payload = Buffer.from(data ?? []);
  if (dataContentType === undefined) return { payload, userProperties };
  if (isTooLong(dataContentType)) throw new EventError('the content type is too long for MQTT');
  return { payload, contentType: plain('datacontenttype', dataContentType), userProperties };
}

/**
 * The event that a message carries, in binary or structured mode. In binary mode all extension attributes are strings.
 *
 * @throws EventError saying what cannot be read
 */
export function ofMqttMessage({ payload, contentType, userProperties = {} }: ReceivedMqttMessage): CloudEvent {
  const data = payload.length === 0 ? undefined : payload;
  const dataContentType = single('content type', contentType);
  if (dataContentType?.startsWith(STRUCTURED) === true) return parseStructured(dataContentType, data);
  const text = (name: string): string | undefined =>
    single(`user property ${PREFIX}${name}`, userProperties[PREFIX + name]);
  const required = (name: string): string => {
    const value = text(name);
    if (value === undefined || value === '') throw new EventError(`user property ${PREFIX}${name} is missing`);
    return value;
  };
  if (!READABLE_VERSIONS.includes(required('specversion'))) {
    throw new EventError(`user property ce-specversion is none of ${READABLE_VERSIONS.join(', ')}`);
  }
  return {
    id: required('id'),
    source: required('source'),
    type: required('type'),
    time: timeOf(text('time')),
    subject: text('subject'),
    dataSchema: text('dataschema'),
    dataContentType,
    extensions: new Map(extensionsOf(userProperties)),
    data,
  };
}

/** Bytes that a message takes on the wire, at most; brokers refuse packets above a size that they name. */
export function mqttMessageBytes(topic: string, { payload, contentType = '', userProperties }: MqttMessage): number {
  const properties = Object.entries(userProperties).map(
    ([name, value]) => PROPERTY_BYTES + Buffer.byteLength(name) + Buffer.byteLength(value),
  );
  const strings = Buffer.byteLength(topic) + Buffer.byteLength(contentType);
  return properties.reduce((sum, bytes) => sum + bytes, FRAME_BYTES + strings + payload.length);
}

function extensionsOf(properties: Readonly<Record<string, string | string[]>>): (readonly [string, AttributeValue])[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    const name = key.slice(PREFIX.length).toLowerCase();
    if (!key.startsWith(PREFIX) || STANDARD.has(name)) return [];
    const text = single(`user property ${key}`, value) ?? '';
    return [[checkExtensionName(name), stringAttribute(text)] as const];
  });
}

function single(what: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new EventError(`${what} is there more than once`);
}

function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new EventError(`user property ${PREFIX}time is no instant`);
  return time;
}

function canonical({ kind, value }: AttributeValue): string {
  switch (kind) {
    case 'boolean':
    case 'integer':
      return String(value);
    case 'string':
    case 'uri':
    case 'uri-reference':
      return value;
    case 'bytes':
      return Buffer.from(value).toString('base64');
    case 'timestamp':
      return instant(value);
  }
}

/** RFC 3339 in UTC, without the zeros at the end of the fraction. */
function instant(time: Date): string {
  return time.toISOString().replace(/\.?0+Z$/, 'Z');
}

function plain(name: string, value: string): string {
  if (value.includes('\0')) throw new EventError(`attribute ${name} has a zero character, which MQTT cannot carry`);
  return value;
}

function isTooLong(value: string): boolean {
  return Buffer.byteLength(value) > LONGEST_STRING_BYTES;
}
