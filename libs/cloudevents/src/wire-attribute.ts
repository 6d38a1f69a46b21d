import type { CloudEventAttributeValue } from './generated/io/cloudevents/v1/cloud_event.ts';
import { type AttributeValue, EventError } from './event.ts';

type WireValue = NonNullable<CloudEventAttributeValue['attr']>;
type ValueOf<C extends WireValue['$case']> = Extract<WireValue, { $case: C }>['value'];

/** An attribute as the message has it (cloudevents-grpc 2.3). */
export function attributeToWire({ kind, value }: AttributeValue): WireValue {
  switch (kind) {
    case 'boolean':
      return { $case: 'ceBoolean', value };
    case 'integer':
      return { $case: 'ceInteger', value };
    case 'string':
      return { $case: 'ceString', value };
    case 'bytes':
      return { $case: 'ceBytes', value: Buffer.from(value) };
    case 'uri':
      return { $case: 'ceUri', value };
    case 'uri-reference':
      return { $case: 'ceUriRef', value };
    case 'timestamp':
      return { $case: 'ceTimestamp', value };
  }
}

/** @throws EventError naming the key when its value is no URI, no URI reference or no instant (cloudevents-grpc 2.4) */
export function attributeFromWire(key: string, attr: WireValue): AttributeValue {
  switch (attr.$case) {
    case 'ceBoolean':
      return { kind: 'boolean', value: attr.value };
    case 'ceInteger':
      return { kind: 'integer', value: attr.value };
    case 'ceString':
      return { kind: 'string', value: attr.value };
    case 'ceBytes':
      return { kind: 'bytes', value: attr.value };
    case 'ceUri':
      return uri(key, attr.value);
    case 'ceUriRef':
      return uriReference(key, attr.value);
    case 'ceTimestamp':
      return instant(key, attr.value);
  }
}

function uri(key: string, value: ValueOf<'ceUri'>): AttributeValue {
  if (!URL.canParse(value)) throw new EventError(`attribute ${key} is no URI`);
  return { kind: 'uri', value };
}

function uriReference(key: string, value: ValueOf<'ceUriRef'>): AttributeValue {
  if (!URL.canParse(value, 'http://base')) throw new EventError(`attribute ${key} is no URI reference`);
  return { kind: 'uri-reference', value };
}

function instant(key: string, value: ValueOf<'ceTimestamp'>): AttributeValue {
  if (Number.isNaN(value.getTime())) throw new EventError(`attribute ${key} is no instant`);
  return { kind: 'timestamp', value };
}
