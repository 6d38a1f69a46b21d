import { describe, expect, test } from '@jest/globals';
import {
  assert,
  boolean,
  date,
  integer,
  oneof,
  option,
  property,
  record,
  string,
  stringMatching,
  uint8Array,
  uuid,
} from 'fast-check';
import { extensionsOf } from '../../test/arbitrary-event.ts';
import {
  type AttributeValue,
  type CloudEvent,
  EventError,
  integerAttribute,
  stringAttribute,
  timestampAttribute,
} from '../event.ts';
import { findInteger, findTimestamp } from '../read-extension.ts';
import { mqttMessageBytes, ofMqttMessage, toMqttMessage } from './mqtt-message.ts';

const EVENT: CloudEvent = {
  id: '1',
  source: 's1',
  type: 'a.b.c.spec.create_request',
  time: new Date('2024-01-02T03:04:05.060Z'),
  dataContentType: 'application/json',
  extensions: new Map([
    ['clustername', stringAttribute('c1')],
    ['originalsource', stringAttribute('')],
    ['resourceversion', integerAttribute('resourceversion', 7)],
    ['deletiontimestamp', timestampAttribute(new Date('2024-01-02T03:04:10Z'))],
    ['flag', { kind: 'boolean', value: true }],
    ['bytes', { kind: 'bytes', value: Buffer.from('abc') }],
  ]),
  data: Buffer.from('{}'),
};
const properties = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': 's1',
  'ce-type': 't',
};

test('an event is user properties in canonical strings, a content type and a payload', () => {
  expect(toMqttMessage(EVENT)).toEqual({
    payload: Buffer.from('{}'),
    contentType: 'application/json',
    userProperties: {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': 's1',
      'ce-type': 'a.b.c.spec.create_request',
      'ce-time': '2024-01-02T03:04:05.06Z',
      'ce-clustername': 'c1',
      'ce-originalsource': '',
      'ce-resourceversion': '7',
      'ce-deletiontimestamp': '2024-01-02T03:04:10Z',
      'ce-flag': 'true',
      'ce-bytes': 'YWJj',
    },
  });
});

test('[cloudevents-grpc trap 45] an event that was received has strings, which are read as integers and instants', () => {
  const received = ofMqttMessage(toMqttMessage(EVENT));
  expect(received.extensions.get('resourceversion')).toEqual(stringAttribute('7'));
  expect(findInteger(received, 'resourceversion')).toBe(7);
  expect(findTimestamp(received, 'deletiontimestamp')).toEqual(new Date('2024-01-02T03:04:10Z'));
  expect(received.time).toEqual(EVENT.time);
});

test('instants may have nanoseconds', () => {
  const userProperties = {
    ...properties,
    'ce-time': '2024-01-02T03:04:05.123456789Z',
    'ce-at': '2024-01-02T03:04:05.123456789Z',
  };
  const event = ofMqttMessage({ payload: Buffer.of(), userProperties });
  expect([event.time, findTimestamp(event, 'at')]).toEqual(
    Array.from({ length: 2 }, () => new Date('2024-01-02T03:04:05.123Z')),
  );
});

describe('what is not an event names the reason', () => {
  test.each([
    { what: 'no user properties', userProperties: undefined, says: /ce-specversion is missing/ },
    { what: 'no version', userProperties: { ...properties, 'ce-specversion': '' }, says: /ce-specversion is missing/ },
    { what: 'another version', userProperties: { ...properties, 'ce-specversion': '2.0' }, says: /none of 0\.3, 1\.0/ },
    { what: 'no id', userProperties: { ...properties, 'ce-id': '' }, says: /ce-id is missing/ },
    {
      what: 'two types',
      userProperties: { ...properties, 'ce-type': ['a', 'b'] },
      says: /ce-type is there more than once/,
    },
    { what: 'two values', userProperties: { ...properties, 'ce-x': ['a', 'b'] }, says: /ce-x is there more than once/ },
    { what: 'a time that is none', userProperties: { ...properties, 'ce-time': 'now' }, says: /ce-time is no instant/ },
    {
      what: 'a name with other characters',
      userProperties: { ...properties, 'ce-a_b': '' },
      says: /letters and digits/,
    },
  ])('$what', ({ userProperties, says }) => {
    expect(() => ofMqttMessage({ payload: Buffer.of(), userProperties })).toThrow(says);
  });

  test.each(['application/cloudevents-batch+json', 'application/cloudevents+avro'])('%s', (contentType) => {
    expect(() => ofMqttMessage({ payload: Buffer.from('[]'), contentType, userProperties: properties })).toThrow(
      EventError,
    );
  });
});

test('a structured event is the JSON document in the payload; user properties do not matter', () => {
  const document = { specversion: '1.0', id: 'x', source: 's', type: 't', clustername: 'c1', data: { a: 1 } };
  const event = ofMqttMessage({
    payload: Buffer.from(JSON.stringify(document)),
    contentType: 'application/cloudevents+json; charset=utf-8',
  });
  expect(event).toMatchObject({ id: 'x', source: 's', type: 't', data: Buffer.from('{"a":1}') });
});

test('numbers in a structured event stay as they were written', () => {
  const data = '{"a":12345678901234567890,"b":1.0}';
  const payload = Buffer.from(`{"specversion":"1.0","id":"x","source":"s","type":"t","data":${data}}`);
  const event = ofMqttMessage({ payload, contentType: 'application/cloudevents+json' });
  expect(String(event.data)).toBe(data);
});

test('properties without the prefix are ignored, and names are read in lower case', () => {
  const userProperties = { ...properties, other: 'x', 'CE-upper': 'x', 'ce-Mixed': 'y', 'ce-constructor': 'z' };
  const { extensions } = ofMqttMessage({ payload: Buffer.of(), userProperties });
  expect([...extensions.keys()]).toEqual(['mixed', 'constructor']);
});

test('a zero character, which MQTT cannot carry, is refused', () => {
  const event = { ...EVENT, extensions: new Map([['metadata', stringAttribute('a\0b')]]) };
  expect(() => toMqttMessage(event)).toThrow(/attribute metadata has a zero character/);
});

test.each([
  ['x'.repeat(65_536), 'structured'],
  ['ü'.repeat(32_768), 'structured'],
  ['x'.repeat(65_535), 'binary'],
])('an event with an attribute that is too long for a property is one JSON document: %#', (text, mode) => {
  const sent = { ...EVENT, extensions: new Map([...EVENT.extensions, ['metadata', stringAttribute(text)]]) };
  const message = toMqttMessage(sent);
  expect(message.contentType).toBe(mode === 'structured' ? 'application/cloudevents+json' : 'application/json');
  const received = ofMqttMessage(message);
  expect({ ...received, extensions: undefined }).toEqual({
    ...sent,
    subject: undefined,
    dataSchema: undefined,
    extensions: undefined,
  });
  expect(received.extensions.get('metadata')).toEqual(stringAttribute(text));
  expect(findInteger(received, 'resourceversion')).toBe(7);
  expect(findTimestamp(received, 'deletiontimestamp')).toEqual(new Date('2024-01-02T03:04:10Z'));
});

const value = oneof(
  boolean().map((each): AttributeValue => ({ kind: 'boolean', value: each })),
  integer().map((each): AttributeValue => ({ kind: 'integer', value: each })),
  string({ unit: 'binary' }).map((each): AttributeValue => ({ kind: 'string', value: each.replaceAll('\0', '') })),
  uint8Array().map((each): AttributeValue => ({ kind: 'bytes', value: Buffer.from(each) })),
  date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }).map(
    (each): AttributeValue => ({ kind: 'timestamp', value: each }),
  ),
);
const text = string({ minLength: 1 }).map((each) => each.replaceAll('\0', '.'));
const event = record({
  id: uuid(),
  source: text,
  type: text,
  time: option(date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }), {
    nil: undefined,
  }),
  subject: option(text, { nil: undefined }),
  dataContentType: option(stringMatching(/^[a-z]+\/[b-z]+$/), { nil: undefined }),
  extensions: extensionsOf(value),
  data: option(
    uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
    { nil: undefined },
  ),
});

/** As a reader has it: an extension of whatever type is the string that was sent. */
function asReceived(sent: CloudEvent): CloudEvent {
  const { userProperties } = toMqttMessage(sent);
  const entries = [...sent.extensions.keys()].map(
    (name) => [name, stringAttribute(userProperties[`ce-${name}`] ?? '?')] as const,
  );
  return { ...sent, extensions: new Map(entries) };
}

test('an event survives its way through a broker; integers and instants can be told again', () => {
  assert(
    property(event, (sent) => {
      const received = ofMqttMessage(toMqttMessage(sent));
      expect(received).toEqual({ dataSchema: undefined, ...asReceived(sent) });
      for (const [name, sentValue] of sent.extensions) {
        if (sentValue.kind === 'integer') expect(findInteger(received, name)).toBe(sentValue.value);
        if (sentValue.kind === 'timestamp') expect(findTimestamp(received, name)).toEqual(sentValue.value);
        if (sentValue.kind === 'string') expect(received.extensions.get(name)).toEqual(sentValue);
      }
    }),
  );
});

test('the size of a message is never estimated below its strings and payload', () => {
  assert(
    property(event, (sent) => {
      const message = toMqttMessage(sent);
      const { payload, contentType = '', userProperties } = message;
      const strings = Object.entries(userProperties).flat().join('') + contentType;
      expect(mqttMessageBytes('t', message)).toBeGreaterThan(Buffer.byteLength(strings) + payload.length);
    }),
  );
});
