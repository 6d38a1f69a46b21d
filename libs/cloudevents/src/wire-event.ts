import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { CloudEvent as WireEvent, PublishRequest } from './generated/io/cloudevents/v1/cloud_event.ts';

// Field numbers (cloudevents-grpc 2.2).
const EVENT_OF_REQUEST = 1;
const ATTRIBUTES_OF_EVENT = 5;
const KEY_OF_ENTRY = 1;
const VALUE_OF_ENTRY = 2;

/**
 * The message of an event. An attribute without a value field has an empty value, as protobuf says of maps; generated code leaves it out, and
 * an event that must be refused for it (cloudevents-grpc 2.4) would pass with an attribute less.
 *
 * @throws Error when the bytes are no protobuf message
 */
export function decodeWireEvent(bytes: Uint8Array): WireEvent {
  return withEmptyValues(WireEvent.decode(bytes), bytes);
}

/**
 * The event of a `PublishRequest`, read in the same way; `undefined` when there is none.
 *
 * @throws Error when the bytes are no protobuf message
 */
export function decodePublishRequest(bytes: Uint8Array): WireEvent | undefined {
  const { event } = PublishRequest.decode(bytes);
  const last = submessages(bytes, EVENT_OF_REQUEST).at(-1);
  return event === undefined || last === undefined ? event : withEmptyValues(event, last);
}

function withEmptyValues(message: WireEvent, bytes: Uint8Array): WireEvent {
  const entries = submessages(bytes, ATTRIBUTES_OF_EVENT);
  if (entries.every(hasValue)) return message;
  // Of entries with the same key the last one counts.
  for (const [key, entry] of new Map(entries.map((each) => [keyOf(each), each]))) {
    if (!hasValue(entry)) message.attributes.set(key, { attr: undefined });
  }
  return message;
}

function hasValue(entry: Uint8Array): boolean {
  return submessages(entry, VALUE_OF_ENTRY).length > 0;
}

function keyOf(entry: Uint8Array): string {
  return new TextDecoder().decode(submessages(entry, KEY_OF_ENTRY).at(-1));
}

/** What is in the length-delimited fields of this number. */
function submessages(bytes: Uint8Array, wanted: number): readonly Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === wanted && wireType === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(wireType, field);
  }
  return found;
}
