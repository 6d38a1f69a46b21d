import { CloudEvent as WireEvent, type CloudEventAttributeValue } from './generated/io/cloudevents/v1/cloud_event.ts';
import { attributeFromWire, attributeToWire } from './wire-attribute.ts';
import { decodeWireEvent } from './wire-event.ts';
import { type AttributeValue, checkExtensionName, type CloudEvent, EventError } from './event.ts';
import { parseStructured } from './structured.ts';

const SPEC_VERSION = '1.0';
const READABLE_VERSIONS = new Set(['0.3', SPEC_VERSION]);
const CONTENT_TYPE = 'contenttype';
const PREFIX = 'ce-';
const TEXT_ATTRIBUTES: ReadonlyMap<string, keyof CloudEvent> = new Map([
  ['id', 'id'],
  ['source', 'source'],
  ['type', 'type'],
  ['subject', 'subject'],
  ['dataschema', 'dataSchema'],
  ['datacontenttype', 'dataContentType'],
]);
const STRUCTURED = 'application/cloudevents';

/**
 * The event as a protobuf message, in binary mode (cloudevents-grpc 2.3).
 *
 * @throws EventError when an extension has a name that is not allowed
 */
export function toProtobuf(event: CloudEvent): WireEvent {
  const attributes = new Map<string, CloudEventAttributeValue>();
  const setString = (key: string, value: string | undefined): void => {
    if (value !== undefined) attributes.set(key, { attr: { $case: 'ceString', value } });
  };
  setString(CONTENT_TYPE, event.dataContentType);
  if (event.time !== undefined) attributes.set('ce-time', { attr: { $case: 'ceTimestamp', value: event.time } });
  setString('ce-subject', event.subject);
  setString('ce-dataschema', event.dataSchema);
  for (const [name, value] of event.extensions) {
    attributes.set(`${PREFIX}${checkExtensionName(name)}`, { attr: attributeToWire(value) });
  }
  const { id, source, type, data } = event;
  const payload = data === undefined ? undefined : ({ $case: 'binaryData', value: Buffer.from(data) } as const);
  return { id, source, specVersion: SPEC_VERSION, type, attributes, data: payload };
}

/**
 * The event that a protobuf message carries, in binary or structured mode (cloudevents-grpc 2.4). Heartbeats have no attributes: look at their
 * type before.
 *
 * @throws EventError saying what cannot be read
 */
export function fromProtobuf(message: WireEvent): CloudEvent {
  const { attributes } = message;
  if (attributes.size === 0) throw new EventError('unknown encoding: the event has no attributes');
  const contentType = contentTypeOf(attributes);
  const data = message.data?.$case === 'binaryData' ? message.data.value : undefined;
  if (contentType?.startsWith(STRUCTURED) === true) return parseStructured(contentType, data);
  if (!READABLE_VERSIONS.has(message.specVersion)) {
    throw new EventError(`spec_version is "${message.specVersion}"; allowed: ${[...READABLE_VERSIONS].join(', ')}`);
  }
  const { id, source, type } = message;
  const event = { id, source, type, dataContentType: contentType, extensions: new Map(), data };
  return [...attributes].reduce(withAttribute, event);
}

/** The bytes of an event. */
export function encodeEvent(event: CloudEvent): Uint8Array {
  return WireEvent.encode(toProtobuf(event)).finish();
}

/** @throws EventError when the bytes are no event */
export function decodeEvent(bytes: Uint8Array): CloudEvent {
  try {
    return fromProtobuf(decodeWireEvent(bytes));
  } catch (error) {
    if (error instanceof EventError) throw error;
    throw new EventError('the bytes are no protobuf message of an event', { cause: error });
  }
}

function contentTypeOf(attributes: WireEvent['attributes']): string | undefined {
  const attr = attributes.get(CONTENT_TYPE)?.attr;
  return attr?.$case === 'ceString' ? attr.value : undefined;
}

type Building = Omit<CloudEvent, 'extensions'> & { readonly extensions: Map<string, AttributeValue> };

function withAttribute(event: Building, [key, { attr }]: [string, CloudEventAttributeValue]): Building {
  if (attr === undefined) throw new EventError(`attribute ${key} has no value`);
  if (!key.startsWith(PREFIX)) return event;
  const name = key.slice(PREFIX.length).toLowerCase();
  const value = attributeFromWire(key, attr);
  if (name === 'time') return { ...event, time: instantOf(key, value) };
  if (name === 'specversion') return event; // a field of the message
  const text = TEXT_ATTRIBUTES.get(name);
  if (text !== undefined) return { ...event, [text]: textOf(key, value) };
  event.extensions.set(checkExtensionName(name), value);
  return event;
}

function textOf(key: string, { kind, value }: AttributeValue): string {
  if (kind === 'string' || kind === 'uri' || kind === 'uri-reference') return value;
  throw new EventError(`attribute ${key} is of type ${kind}; allowed is a string`);
}

function instantOf(key: string, { kind, value }: AttributeValue): Date {
  const time = kind === 'timestamp' ? value : new Date(kind === 'string' ? value : Number.NaN);
  if (Number.isNaN(time.getTime())) throw new EventError(`attribute ${key} is no instant`);
  return time;
}
