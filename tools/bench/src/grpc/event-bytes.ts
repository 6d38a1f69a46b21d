import { randomUUID } from 'node:crypto';
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

/** How far before its length a message of gRPC begins: one byte that says whether it is compressed, four of length. */
const PREFIX_BYTES = 5;
const HEARTBEAT = 'io.open-cluster-management.cloudevents.heartbeat';

/** What a driver publishes: `attributes` without the prefix `ce-`; whole numbers become integers. */
export interface OutgoingEvent {
  readonly type: string;
  readonly source: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly payload: unknown;
}

/** What a driver looks at in an event that arrives. */
export type SeenEvent =
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'resource'; readonly attributes: ReadonlyMap<string, string | number>; readonly payload: Buffer };

/** A `SubscriptionRequest` of an agent (cloudevents-grpc 2.2), framed. */
export function subscription(cluster: string, dataType: string): Buffer {
  return framed(new BinaryWriter().uint32(0x12).string(cluster).uint32(0x1a).string(dataType).finish());
}

/** A `PublishRequest`, framed. */
export function publication({ type, source, attributes, payload }: OutgoingEvent): Buffer {
  const event = new BinaryWriter();
  for (const [tag, text] of [
    [0x0a, randomUUID()],
    [0x12, source],
    [0x1a, '1.0'],
    [0x22, type],
  ] as const) {
    event.uint32(tag).string(text);
  }
  writeAttribute(event, 'contenttype', 'application/json');
  for (const [name, value] of Object.entries(attributes)) writeAttribute(event, `ce-${name}`, value);
  event.uint32(0x32).bytes(Buffer.from(JSON.stringify(payload)));
  return framed(new BinaryWriter().uint32(0x0a).bytes(event.finish()).finish());
}

function writeAttribute(event: BinaryWriter, key: string, value: string | number): void {
  event.uint32(0x2a).fork().uint32(0x0a).string(key).uint32(0x12).fork();
  if (typeof value === 'number') event.uint32(0x10).int32(value);
  else event.uint32(0x1a).string(value);
  event.join().join();
}

/** Reads a message of a stream. */
export function readEvent(message: Buffer): SeenEvent {
  const reader = new BinaryReader(message);
  const attributes = new Map<string, string | number>();
  let payload: Buffer = Buffer.alloc(0);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 4) {
      if (reader.string() === HEARTBEAT) return { kind: 'heartbeat' };
    } else if (field === 5) readAttribute(reader, attributes);
    else if (field === 6) payload = Buffer.from(reader.bytes());
    else reader.skip(wireType, field);
  }
  return { kind: 'resource', attributes, payload };
}

function readAttribute(reader: BinaryReader, attributes: Map<string, string | number>): void {
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value: string | number = '';
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (field === 1) key = reader.string();
    else if (field === 2) value = readValue(reader);
    else reader.skip(wireType, field);
  }
  attributes.set(key, value);
}

function readValue(reader: BinaryReader): string | number {
  const end = reader.uint32() + reader.pos;
  let value: string | number = '';
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (field === 2) value = reader.int32();
    else if (field === 3) value = reader.string();
    else reader.skip(wireType, field);
  }
  return value;
}

/** A message with the prefix that gRPC gives it. */
export function framed(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(PREFIX_BYTES + message.length);
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, PREFIX_BYTES);
  return bytes;
}

/** Cuts the chunks of a stream into messages. */
export function messageSplitter(take: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= PREFIX_BYTES) {
      const end = PREFIX_BYTES + rest.readUInt32BE(1);
      if (rest.length < end) return;
      take(rest.subarray(PREFIX_BYTES, end));
      rest = rest.subarray(end);
    }
  };
}
