import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { EventError } from '../event.ts';

/** The fields of a message that are messages themselves, by number. */
export interface MessageForm {
  readonly [field: number]: MessageForm;
}

const TIMESTAMP: MessageForm = {};
const ATTRIBUTE: MessageForm = { 2: { 7: TIMESTAMP } };
/** Form of a `PublishRequest` (cloudevents-grpc 2.2). */
export const PUBLISH_REQUEST: MessageForm = { 1: { 5: ATTRIBUTE, 8: {} } };

/** Some thousand attributes; an honest event has a dozen. */
const MOST_FIELDS = 4096;

/**
 * Refuses a message of very many fields before it is decoded. A server decodes before it knows who sends, and four megabytes of the smallest
 * fields would keep it from everything else for seconds.
 *
 * @throws EventError
 * @throws RangeError when the bytes are no protobuf message
 */
export function limitFields(bytes: Uint8Array, form: MessageForm): void {
  countDown(new BinaryReader(bytes), { end: bytes.length, form, left: MOST_FIELDS });
}

/** What is left of the allowance at the end of a message. */
function countDown(
  reader: BinaryReader,
  { end, form, left }: { readonly end: number; readonly form: MessageForm; readonly left: number },
): number {
  let remaining = left;
  while (reader.pos < end) {
    remaining -= 1;
    if (remaining < 0) throw new EventError(`the message has more than ${MOST_FIELDS} fields`);
    const [field, wireType] = reader.tag();
    const inner = wireType === WireType.LengthDelimited ? form[field] : undefined;
    if (inner === undefined) reader.skip(wireType, field);
    else {
      const length = reader.uint32();
      remaining = countDown(reader, { end: reader.pos + length, form: inner, left: remaining });
    }
  }
  return remaining;
}
