import { expect, test } from '@jest/globals';
import { array, assert, integer, oneof, property, record, constant } from 'fast-check';
import { IncomingPackets } from './incoming-packets.ts';

const PUBACK = 0x40;

function packet(type: number, body: Buffer): Buffer {
  const digits: number[] = [];
  let rest = body.length;
  do {
    digits.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.of(type, ...digits), body]);
}

const body = oneof(
  integer({ min: 0, max: 300 }).map((length) => Buffer.alloc(length, 1)),
  integer({ min: 16_000, max: 17_000 }).map((length) => Buffer.alloc(length, 1)),
);
const packets = array(
  oneof(
    record({ type: integer({ min: 1, max: 15 }).map((type) => type * 16), body }),
    record({ type: constant(PUBACK), body: constant(Buffer.of(1, 1, 1, 0)) }),
  ),
  { maxLength: 8 },
);

test('in whatever pieces they come, only the code of success of acknowledgements changes', () => {
  assert(
    property(packets, array(integer({ min: 1, max: 40 })), (sent, sizes) => {
      const bytes = Buffer.concat(sent.map((each) => packet(each.type, each.body)));
      const want = Buffer.concat(
        sent.map((each) => {
          const corrected = Buffer.from(each.body);
          if (each.type === PUBACK && corrected.length > 2) corrected[2] = 0;
          return packet(each.type, corrected);
        }),
      );
      const incoming = new IncomingPackets(20_000);
      let at = 0;
      for (const size of [...sizes, bytes.length]) {
        incoming.inspect(bytes.subarray(at, at + size));
        at += size;
      }
      expect(bytes.equals(want)).toBe(true);
    }),
  );
});

test('a failure that an acknowledgement reports stays one', () => {
  const bytes = packet(PUBACK, Buffer.of(0, 7, 0x87));
  new IncomingPackets(100).inspect(bytes);
  expect(bytes.at(-1)).toBe(0x87);
});

test('a packet that is too long is refused when its length has come', () => {
  const incoming = new IncomingPackets(1000);
  incoming.inspect(packet(0x30, Buffer.alloc(1000)));
  expect(() => incoming.inspect(packet(0x30, Buffer.alloc(1001)).subarray(0, 3))).toThrow('longer than 1000 bytes');
});

test('a length of any number of bytes is refused', () => {
  expect(() => new IncomingPackets(1000).inspect(Buffer.alloc(100, 0xff))).toThrow(RangeError);
});
