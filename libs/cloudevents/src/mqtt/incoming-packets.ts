const PUBACK = 4;
const TYPE_SHIFT = 4;
const REASON_OFFSET = 2; // behind the packet id
const MORE_FOLLOWS = 0x80;
const DIGIT_BITS = 7;
const SUCCESS = 0;
/** "Granted QoS 1", which belongs into a SUBACK; mochi-mqtt answers publications with it, too, and means success. */
const GRANTED_QOS_1 = 1;

/** What the next byte is. */
type Place =
  | { readonly kind: 'type' }
  /** A byte of the length of the body, 7 bits each, the lowest first. */
  | { readonly kind: 'length'; readonly type: number; readonly bits: number; readonly length: number }
  | { readonly kind: 'body'; readonly type: number; readonly length: number; readonly offset: number };

const START: Place = { kind: 'type' };

/**
 * Looks at the bytes of a broker before the MQTT library does, in whatever pieces they come. It does what that library does not: refuse a packet
 * before all of it is in memory, and accept the acknowledgements of brokers that have another code for success.
 */
export class IncomingPackets {
  readonly #mostBytes: number;
  #place: Place = START;

  /** @param mostBytes of the body of a packet */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /**
   * Looks at the next bytes, and corrects them in place.
   *
   * @throws RangeError when a packet is longer than allowed
   */
  inspect(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const place = this.#place;
      const byte = chunk[at] ?? 0;
      if (place.kind === 'body') {
        at = this.#inspectBody(chunk, at, place);
        continue;
      }
      this.#place = place.kind === 'type' ? lengthOf(byte) : this.#afterLength(place, byte);
      at += 1;
    }
  }

  #afterLength({ type, bits, length }: Extract<Place, { kind: 'length' }>, byte: number): Place {
    const sum = length + (byte % MORE_FOLLOWS) * 2 ** bits;
    if (sum > this.#mostBytes) throw new RangeError(`a packet is longer than ${this.#mostBytes} bytes`);
    if (byte >= MORE_FOLLOWS) return { kind: 'length', type, bits: bits + DIGIT_BITS, length: sum };
    return sum === 0 ? START : { kind: 'body', type, length: sum, offset: 0 };
  }

  /** Returns where in the chunk the body, or the chunk, ends. */
  #inspectBody(chunk: Uint8Array, at: number, body: Extract<Place, { kind: 'body' }>): number {
    const { type, length, offset } = body;
    const here = Math.min(length - offset, chunk.length - at);
    const reasonAt = at + REASON_OFFSET - offset;
    const hasReason = type === PUBACK && offset <= REASON_OFFSET && reasonAt < at + here;
    if (hasReason && chunk[reasonAt] === GRANTED_QOS_1) chunk[reasonAt] = SUCCESS;
    this.#place = offset + here === length ? START : { ...body, offset: offset + here };
    return at + here;
  }
}

function lengthOf(firstByte: number): Place {
  return { kind: 'length', type: firstByte >> TYPE_SHIFT, bits: 0, length: 0 };
}
