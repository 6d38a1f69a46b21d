import { describe, expect, test } from '@jest/globals';
import { bundleEvent } from '../bundle.ts';
import { encodeEvent } from '../protobuf.ts';
import { cloudEventService, encodeHeartbeat } from './grpc-service.ts';

const { publish, subscribe } = cloudEventService;

const work = { metadata: { name: 'work1', namespace: 'cluster1', uid: 'u1', generation: 3 } };
const event = bundleEvent(work, 'update_request', { id: 'e1', source: 'agent', time: new Date(0) });

/** A field of protobuf with the bytes given. */
function field(number: number, bytes: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), bytes]);
}

/** The smallest field of that number, again and again. */
function repeated(number: number, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => field(number, Buffer.alloc(0))));
}

describe('the service of a server', () => {
  test('has the paths of the contract', () => {
    expect([publish.path, subscribe.path]).toEqual([
      '/io.cloudevents.v1.CloudEventService/Publish',
      '/io.cloudevents.v1.CloudEventService/Subscribe',
    ]);
  });

  test('reads a published event and counts its bytes', () => {
    const bytes = field(1, encodeEvent(event));
    expect(publish.requestDeserialize(bytes)).toMatchObject({
      kind: 'event',
      bytes: bytes.length,
      event: { id: 'e1', source: 'agent', type: event.type },
    });
  });

  test.each<[string, Buffer, string]>([
    ['no event', Buffer.alloc(0), 'missing'],
    ['no protobuf', Buffer.from([0x0a, 0x7f, 1]), 'unreadable'],
    ['[cloudevents-grpc 7] no attributes', field(1, encodeHeartbeat('e2')), 'unreadable'],
    ['[cloudevents-grpc 8] an attribute without a value', withEmptyAttribute(), 'unreadable'],
    ['[cloudevents-grpc 8] an attribute of a key alone', withBareKey(), 'unreadable'],
  ])('says what a publication is worth that has %s', (_what, bytes, kind) => {
    expect(publish.requestDeserialize(bytes)).toMatchObject({ kind, bytes: bytes.length });
  });

  const entry = (value: Buffer): Buffer => field(1, field(5, value));

  // To decode some of them takes seconds, and whoever sends them need not say who he is.
  test.each<[string, Buffer]>([
    ['attributes', field(1, repeated(5, 5000))],
    ['attributes, however long', field(1, Buffer.concat([encodeEvent(event), ...attributes(2000)]))],
    ['events', repeated(1, 5000)],
    ['payloads', field(1, repeated(8, 5000))],
    ['keys in one attribute', entry(repeated(1, 5000))],
    ['values in one attribute', entry(repeated(2, 5000))],
    ['values in one value', entry(field(2, repeated(7, 5000)))],
    ['fields in one instant', entry(field(2, field(7, repeated(3, 5000))))],
    ['fields that nobody knows', repeated(10, 5000)],
  ])('does not decode a publication of too many %s', (_what, bytes) => {
    const read = publish.requestDeserialize(bytes);
    expect(read).toMatchObject({ kind: 'unreadable', bytes: bytes.length });
    expect(read).toHaveProperty('error.message', 'the message has more than 4096 fields');
  });

  test('decodes one of many attributes', () => {
    const bytes = field(1, Buffer.concat([encodeEvent(event), ...attributes(500)]));
    expect(publish.requestDeserialize(bytes)).toMatchObject({ kind: 'event', event: { id: 'e1' } });
  });

  test('does not decode a subscription of too many fields', () => {
    expect(subscribe.requestDeserialize(repeated(2, 5000))).toMatchObject({ kind: 'unreadable' });
  });

  test('reads the subscription of an agent', () => {
    const bytes =
      '1208636c7573746572311a39696f2e6f70656e2d636c75737465722d6d616e6167656d656e742e776f726b732e7631616c706861312e6d616e696665737462756e646c6573';
    expect(subscribe.requestDeserialize(Buffer.from(bytes, 'hex'))).toEqual({
      kind: 'subscription',
      source: '',
      clusterName: 'cluster1',
      dataType: 'io.open-cluster-management.works.v1alpha1.manifestbundles',
      bytes: bytes.length / 2,
    });
    expect(subscribe.requestDeserialize(Buffer.from([0x12, 0x7f]))).toMatchObject({ kind: 'unreadable' });
  });

  test('[cloudevents-grpc 6] a heartbeat has the bytes of the contract', () => {
    const bytes = encodeHeartbeat('00000000-0000-4000-8000-000000000001');
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '0a2430303030303030302d303030302d343030302d383030302d3030303030303030303030311a03312e302230696f2e6f70656e2d636c75737465722d6d616e6167656d656e742e636c6f75646576656e74732e686561727462656174',
    );
  });

  test('sends bytes as they are', () => {
    const bytes = encodeEvent(event);
    expect(subscribe.responseSerialize(bytes)).toEqual(Buffer.from(bytes));
  });
});

function withBareKey(): Buffer {
  return field(1, Buffer.concat([encodeEvent(event), field(5, field(1, Buffer.from('ce-x')))]));
}

function withEmptyAttribute(): Buffer {
  const entry = Buffer.concat([field(1, Buffer.from('ce-clustername')), field(2, Buffer.alloc(0))]);
  return field(1, Buffer.concat([encodeEvent(event), field(5, entry)]));
}

function attributes(count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const value = field(3, Buffer.from('v'));
    return field(5, Buffer.concat([field(1, Buffer.from(`ce-x${index}`)), field(2, value)]));
  });
}
