import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { assert, property, string } from 'fast-check';
import { anyEvent } from '../test/arbitrary-event.ts';
import type { AttributeValue, CloudEvent } from './event.ts';
import { PublishRequest, SubscriptionRequest } from './generated/io/cloudevents/v1/cloud_event.ts';
import { fromProtobuf, toProtobuf } from './protobuf.ts';

// Our bytes come from code that ts-proto generated; protobufjs, which grew up elsewhere, reads the .proto itself.
const proto = (path: string): string => fileURLToPath(new URL(`../../../proto/${path}`, import.meta.url));
const service = loadSync(proto('io/cloudevents/v1/cloud_event.proto'), {
  keepCase: true,
  longs: String,
  defaults: true,
  includeDirs: [proto('')],
})['io.cloudevents.v1.CloudEventService'] as unknown as Readonly<
  Record<'Publish' | 'Subscribe', MethodDefinition<object, object>>
>;
const { Publish, Subscribe } = service;

interface PeerAttribute {
  readonly ce_boolean?: boolean;
  readonly ce_integer?: number;
  readonly ce_string?: string;
  readonly ce_bytes?: Buffer;
  readonly ce_uri?: string;
  readonly ce_uri_ref?: string;
  readonly ce_timestamp?: { readonly seconds: string; readonly nanos: number };
}

function peerAttribute({ kind, value }: AttributeValue): PeerAttribute {
  switch (kind) {
    case 'boolean':
      return { ce_boolean: value };
    case 'integer':
      return { ce_integer: value };
    case 'string':
      return { ce_string: value };
    case 'bytes':
      return { ce_bytes: Buffer.from(value) };
    case 'uri':
      return { ce_uri: value };
    case 'uri-reference':
      return { ce_uri_ref: value };
    case 'timestamp':
      return { ce_timestamp: timestamp(value) };
  }
}

function timestamp(value: Date): { readonly seconds: string; readonly nanos: number } {
  const ms = value.getTime();
  const seconds = Math.floor(ms / 1000);
  return { seconds: String(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}

function peerEvent({ id, source, type, time, dataContentType, extensions, data }: CloudEvent): object {
  const attributes = [...extensions].map(([name, value]) => [`ce-${name}`, peerAttribute(value)] as const);
  return {
    id,
    source,
    spec_version: '1.0',
    type,
    attributes: {
      ...Object.fromEntries(attributes),
      ...(time === undefined ? {} : { 'ce-time': { ce_timestamp: timestamp(time) } }),
      ...(dataContentType === undefined ? {} : { contenttype: { ce_string: dataContentType } }),
    },
    ...(data === undefined ? {} : { binary_data: Buffer.from(data) }),
  };
}

describe('another protobuf library, with the raw .proto', () => {
  test('reads the events that we publish', () => {
    assert(
      property(anyEvent, (each) => {
        const bytes = PublishRequest.encode({ event: toProtobuf(each) }).finish();
        expect(plain(Publish.requestDeserialize(Buffer.from(bytes)))).toEqual(plain({ event: peerEvent(each) }));
      }),
    );
  });

  test('writes events that we read', () => {
    assert(
      property(anyEvent, (each) => {
        const { event: message } = PublishRequest.decode(Publish.requestSerialize({ event: peerEvent(each) }));
        if (message === undefined) throw new Error('there is no event');
        expect(fromProtobuf(message)).toEqual(each);
      }),
    );
  });

  test('reads our subscriptions', () => {
    assert(
      property(string(), string(), string(), (source, clusterName, dataType) => {
        const bytes = SubscriptionRequest.encode({ source, clusterName, dataType }).finish();
        expect(plain(Subscribe.requestDeserialize(Buffer.from(bytes)))).toEqual({
          source,
          cluster_name: clusterName,
          data_type: dataType,
        });
      }),
    );
  });
});

/** Without prototypes. */
function plain(message: object): unknown {
  return structuredClone(message);
}
