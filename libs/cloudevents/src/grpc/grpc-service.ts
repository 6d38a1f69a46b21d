import type { MethodDefinition } from '@grpc/grpc-js';
import { type CloudEvent, EventError } from '../event.ts';
import { heartbeatType } from '../event-type.ts';
import {
  CloudEvent as WireEvent,
  CloudEventServiceService,
  SubscriptionRequest,
} from '../generated/io/cloudevents/v1/cloud_event.ts';
import { fromProtobuf } from '../protobuf.ts';
import { decodePublishRequest } from '../wire-event.ts';
import { limitFields, PUBLISH_REQUEST } from './limit-fields.ts';

/** What came with a call of `Publish`. Reading never throws: the server decides what it says about what it cannot read. */
export type PublishedMessage = { readonly bytes: number } & (
  | { readonly kind: 'event'; readonly event: CloudEvent }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly error: EventError }
);

/** What came with a call of `Subscribe`; `dataType` is text as sent. */
export type SubscriptionMessage = { readonly bytes: number } & (
  | {
      readonly kind: 'subscription';
      readonly source: string;
      readonly clusterName: string;
      readonly dataType: string;
    }
  | { readonly kind: 'unreadable'; readonly error: EventError }
);

/** The answer to a publication: an empty message. */
export type PublishAnswer = Readonly<Record<string, never>>;

/**
 * The service for a server of grpc-js (cloudevents-grpc 2.1). Messages of a subscription are bytes that {@link encodeEvent} or
 * {@link encodeHeartbeat} made, so that one encoding serves many streams.
 */
export const cloudEventService = {
  publish: {
    ...wired('publish'),
    requestStream: false,
    responseStream: false,
    requestSerialize: refuseToSend,
    requestDeserialize: readPublish,
    responseSerialize: () => Buffer.alloc(0),
    responseDeserialize: () => ({}),
  } satisfies MethodDefinition<PublishedMessage, PublishAnswer>,
  subscribe: {
    ...wired('subscribe'),
    requestStream: false,
    responseStream: true,
    requestSerialize: refuseToSend,
    requestDeserialize: readSubscription,
    responseSerialize: asBuffer,
    responseDeserialize: (bytes: Buffer): Uint8Array => bytes,
  } satisfies MethodDefinition<SubscriptionMessage, Uint8Array>,
};

/** The message that keeps a stream alive (cloudevents-grpc 8). */
export function encodeHeartbeat(id: string): Uint8Array {
  const attributes = new Map<never, never>();
  return WireEvent.encode({
    id,
    source: '',
    specVersion: '1.0',
    type: heartbeatType,
    attributes,
    data: undefined,
  }).finish();
}

function wired(method: 'publish' | 'subscribe'): { readonly path: string } {
  return { path: CloudEventServiceService[method].path };
}

function refuseToSend(): never {
  throw new TypeError('this is the definition of a server; clients use grpcTransport');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readPublish(buffer: Buffer): PublishedMessage {
  const bytes = buffer.byteLength;
  const read = reading(() => {
    limitFields(buffer, PUBLISH_REQUEST);
    return decodePublishRequest(buffer);
  });
  if (read.kind === 'unreadable') return { ...read, bytes };
  const { value: message } = read;
  if (message === undefined) return { kind: 'missing', bytes };
  const event = reading(() => fromProtobuf(message));
  return event.kind === 'unreadable' ? { ...event, bytes } : { kind: 'event', event: event.value, bytes };
}

function readSubscription(buffer: Buffer): SubscriptionMessage {
  const bytes = buffer.byteLength;
  const read = reading(() => {
    limitFields(buffer, {});
    return SubscriptionRequest.decode(buffer);
  });
  if (read.kind === 'unreadable') return { ...read, bytes };
  const { source, clusterName, dataType } = read.value;
  return { kind: 'subscription', source, clusterName, dataType, bytes };
}

type Read<T> =
  { readonly kind: 'read'; readonly value: T } | { readonly kind: 'unreadable'; readonly error: EventError };

function reading<T>(read: () => T): Read<T> {
  try {
    return { kind: 'read', value: read() };
  } catch (error) {
    if (error instanceof EventError) return { kind: 'unreadable', error };
    return { kind: 'unreadable', error: new EventError('the bytes are no protobuf message', { cause: error }) };
  }
}
