import {
  type Arbitrary,
  array,
  boolean,
  date,
  integer,
  oneof,
  record,
  string,
  stringMatching,
  uint8Array,
  uuid,
} from 'fast-check';
import type { AttributeValue, CloudEvent } from '../src/event.ts';

const instant = date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('9999-12-31') });
const anyValue: Arbitrary<AttributeValue> = oneof(
  boolean().map((value): AttributeValue => ({ kind: 'boolean', value })),
  integer().map((value): AttributeValue => ({ kind: 'integer', value })),
  string().map((value): AttributeValue => ({ kind: 'string', value })),
  uint8Array().map((value): AttributeValue => ({ kind: 'bytes', value: Buffer.from(value) })),
  stringMatching(/^[a-z]{1,5}:\/\/[a-z]{1,9}$/).map((value): AttributeValue => ({ kind: 'uri', value })),
  stringMatching(/^\/[a-z]{0,9}$/).map((value): AttributeValue => ({ kind: 'uri-reference', value })),
  instant.map((value): AttributeValue => ({ kind: 'timestamp', value })),
);

/** Extensions of allowed names, none of which is a standard attribute. */
export function extensionsOf(value: Arbitrary<AttributeValue>): Arbitrary<Map<string, AttributeValue>> {
  const entries = array(record({ name: stringMatching(/^x[a-z0-9]{0,19}$/), value }));
  return entries.map((each) => new Map(each.map((entry) => [entry.name, entry.value])));
}

/** Events with extensions of all types, as protobuf carries them. */
export const anyEvent: Arbitrary<CloudEvent> = record({
  id: uuid(),
  source: string(),
  type: string(),
  time: instant,
  dataContentType: stringMatching(/^[a-z]+\/[b-z]+$/),
  extensions: extensionsOf(anyValue),
  data: uint8Array().map((bytes) => Buffer.from(bytes)),
});
