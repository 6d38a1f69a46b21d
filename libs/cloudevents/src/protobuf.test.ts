import { describe, expect, test } from '@jest/globals';
import { assert, integer, property, record, uint8Array } from 'fast-check';
import { anyEvent } from '../test/arbitrary-event.ts';
import { type AttributeValue, type CloudEvent, EventError } from './event.ts';
import { CloudEvent as WireEvent, SubscriptionRequest } from './generated/io/cloudevents/v1/cloud_event.ts';
import { decodeEvent, encodeEvent, fromProtobuf, toProtobuf } from './protobuf.ts';
import { dataTypes, formatDataType, heartbeatType } from './event-type.ts';

const EVENT: CloudEvent = { id: '1', source: 'kube', type: 'a.b.c.spec.create_request', extensions: new Map() };
const withExtension = (name: string, value: AttributeValue): CloudEvent => ({
  ...EVENT,
  extensions: new Map([[name, value]]),
});
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('bytes that peers expect (cloudevents-grpc 2.5)', () => {
  test.each<{ what: string; event: CloudEvent; entry: string }>([
    {
      what: 'a string',
      event: withExtension('clustername', { kind: 'string', value: 'cluster1' }),
      entry: '2a1c0a0e63652d636c75737465726e616d65120a1a08636c757374657231',
    },
    {
      what: 'an integer',
      event: withExtension('resourceversion', { kind: 'integer', value: 7 }),
      entry: '2a180a1263652d7265736f7572636576657273696f6e12021007',
    },
    {
      what: 'an empty string, which is there',
      event: withExtension('originalsource', { kind: 'string', value: '' }),
      entry: '2a170a1163652d6f726967696e616c736f7572636512021a00',
    },
    {
      what: 'the content type',
      event: { ...EVENT, dataContentType: 'application/json' },
      entry: '2a210a0b636f6e74656e747479706512121a106170706c69636174696f6e2f6a736f6e',
    },
    {
      what: 'an instant',
      event: withExtension('deletiontimestamp', { kind: 'timestamp', value: new Date('2024-01-02T03:04:05Z') }),
      entry: '2a200a1463652d64656c6574696f6e74696d657374616d7012083a0608a5facdac06',
    },
  ])('[cloudevents-grpc 6] $what', ({ event, entry }) => {
    expect(hex(encodeEvent(event))).toContain(entry);
  });

  test('[cloudevents-grpc 6] a heartbeat and a subscription', () => {
    const heartbeat = WireEvent.encode({
      id: '00000000-0000-4000-8000-000000000001',
      source: '',
      specVersion: '1.0',
      type: heartbeatType,
      attributes: new Map(),
      data: undefined,
    }).finish();
    expect(hex(heartbeat)).toBe(
      '0a2430303030303030302d303030302d343030302d383030302d3030303030303030303030311a03312e302230696f2e6f70656e2d636c75737465722d6d616e6167656d656e742e636c6f75646576656e74732e686561727462656174',
    );
    const subscription = { source: '', clusterName: 'cluster1', dataType: formatDataType(dataTypes.bundle) };
    expect(hex(SubscriptionRequest.encode(subscription).finish())).toBe(
      '1208636c7573746572311a39696f2e6f70656e2d636c75737465722d6d616e6167656d656e742e776f726b732e7631616c706861312e6d616e696665737462756e646c6573',
    );
  });
});

const wire = (over: Partial<WireEvent>): WireEvent => ({
  ...toProtobuf(withExtension('a', { kind: 'string', value: '' })),
  ...over,
});

describe('what cannot be read names the reason', () => {
  test.each<{ what: string; message: WireEvent; says: RegExp }>([
    { what: 'no attributes', message: wire({ attributes: new Map() }), says: /unknown encoding/ },
    { what: 'no version', message: wire({ specVersion: '' }), says: /spec_version is ""/ },
    { what: 'another version', message: wire({ specVersion: '2.0' }), says: /allowed: 0\.3, 1\.0/ },
    {
      what: 'an entry without value',
      message: wire({ attributes: new Map([['ce-a', { attr: undefined }]]) }),
      says: /ce-a has no value/,
    },
    {
      what: 'a URI that is none',
      message: wire({ attributes: new Map([['ce-a', { attr: { $case: 'ceUri', value: 'not a uri' } }]]) }),
      says: /ce-a is no URI/,
    },
    {
      what: 'a name with other characters',
      message: wire({ attributes: new Map([['ce-a_b', { attr: { $case: 'ceString', value: '' } }]]) }),
      says: /letters and digits/,
    },
    {
      what: 'a batch',
      message: wire({
        attributes: new Map([
          ['contenttype', { attr: { $case: 'ceString', value: 'application/cloudevents-batch+json' } }],
        ]),
      }),
      says: /allowed: application\/cloudevents\+json/,
    },
  ])('$what', ({ message, says }) => {
    expect(() => fromProtobuf(message)).toThrow(says);
  });

  describe('[cloudevents-grpc 8] an attribute without a value field', () => {
    const readable = encodeEvent(withExtension('a', { kind: 'string', value: 'x' }));
    const empty = Buffer.from('2a060a0463652d61', 'hex'); // an entry with the key ce-a alone
    const full = Buffer.from('2a0b0a0463652d6112031a0179', 'hex'); // ce-a is "y"

    test('makes the event invalid, as one with an empty value does', () => {
      expect(() => decodeEvent(Buffer.concat([readable, empty]))).toThrow(/ce-a has no value/);
      expect(() => decodeEvent(Buffer.concat([readable, Buffer.from('2a080a0463652d611200', 'hex')]))).toThrow(
        /ce-a has no value/,
      );
    });

    test('does not matter when the key comes again: the last one counts', () => {
      const event = decodeEvent(Buffer.concat([readable, empty, full]));
      expect(event.extensions.get('a')).toEqual({ kind: 'string', value: 'y' });
    });
  });

  test('attributes without the exact prefix are ignored, names are read in lower case', () => {
    const { extensions } = fromProtobuf(
      wire({
        attributes: new Map(
          ['ce-Mixed', 'CE-upper', 'other'].map((key) => [key, { attr: { $case: 'ceString', value: key } }]),
        ),
      }),
    );
    expect([...extensions.keys()]).toEqual(['mixed']);
  });

  test('a name of an object property is an extension as any other', () => {
    const event = withExtension('constructor', { kind: 'string', value: 'x' });
    expect(decodeEvent(encodeEvent(event)).extensions.get('constructor')).toEqual({ kind: 'string', value: 'x' });
  });

  test('a structured event is the JSON document in it', () => {
    const document = { specversion: '1.0', id: 'x', source: 's', type: 't', clustername: 'c1', data: { a: 1 } };
    const message = wire({
      attributes: new Map([
        ['contenttype', { attr: { $case: 'ceString', value: 'application/cloudevents+json; charset=utf-8' } }],
      ]),
      data: { $case: 'binaryData', value: Buffer.from(JSON.stringify(document)) },
    });
    expect(fromProtobuf(message)).toMatchObject({ id: 'x', source: 's', type: 't', data: Buffer.from('{"a":1}') });
    expect(fromProtobuf(message).extensions).toEqual(new Map([['clustername', { kind: 'string', value: 'c1' }]]));
  });
});

test('an event survives its way over the wire', () => {
  assert(
    property(anyEvent, (each) => expect(decodeEvent(encodeEvent(each))).toEqual(each)),
    { numRuns: 200 },
  );
});

const readOrRefuse = (bytes: Uint8Array): void => {
  try {
    decodeEvent(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(EventError);
  }
};

test('bytes of any kind are an event or an EventError', () => {
  assert(property(uint8Array({ maxLength: 200 }), readOrRefuse), { numRuns: 1000 });
  // Bytes that are nearly an event reach further.
  const near = record({ event: anyEvent, at: integer({ min: 0, max: 500 }), byte: integer({ min: 0, max: 255 }) });
  assert(
    property(near, ({ event: each, at, byte }) => {
      const bytes = Buffer.from(encodeEvent(each));
      bytes[at % bytes.length] = byte;
      readOrRefuse(bytes);
    }),
    { numRuns: 1000 },
  );
});
