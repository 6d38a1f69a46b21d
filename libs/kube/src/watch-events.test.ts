import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isKubeError } from './error.ts';
import { linesOf, parseWatchEvent } from './watch-events.ts';

async function* chunks(buffer: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let start = 0;
  for (const size of sizes) {
    if (start < buffer.length) yield buffer.subarray(start, start + size);
    start += size;
  }
  if (start < buffer.length) yield buffer.subarray(start);
}

describe('linesOf', () => {
  test('lines are the same however the bytes are cut, also inside a character', async () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ').toWellFormed());
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), sizes, async (lines, sizes) => {
        const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const seen = (await Array.fromAsync(linesOf(chunks(text, sizes)))).flat();
        expect(seen).toEqual(lines);
      }),
    );
  });

  test('a line that the connection cut off is not delivered', async () => {
    expect(await Array.fromAsync(linesOf(chunks(Buffer.from('one\ntw'), [])))).toEqual([['one']]);
  });

  test('the lines of one chunk come together', async () => {
    expect(await Array.fromAsync(linesOf(chunks(Buffer.from('a\nb\nc\n'), [])))).toEqual([['a', 'b', 'c']]);
  });
});

describe('parseWatchEvent', () => {
  test.each(['ADDED', 'MODIFIED', 'DELETED'] as const)('%s carries the object', (type) => {
    const object = { metadata: { name: 'a' } };
    expect(parseWatchEvent('watching', JSON.stringify({ type, object }))).toEqual({ type, object });
  });

  test('a bookmark carries the resourceVersion only', () => {
    const line = '{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"12"}}}';
    expect(parseWatchEvent('watching', line)).toEqual({ type: 'BOOKMARK', resourceVersion: '12' });
  });

  test('numbers are exact', () => {
    const event = parseWatchEvent('watching', '{"type":"ADDED","object":{"a":1.0}}');
    expect(JSON.stringify(event)).toContain('{"a":1.0}');
  });

  test.each([
    [
      '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}',
      'gone',
      /too old/,
    ],
    ['{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd"}}', 'unavailable', /500: etcd/],
    ['{"type":"NEW","object":{}}', 'unavailable', /unknown event "NEW"/],
    ['<html>', 'unavailable', /not JSON/],
  ] as const)('%s is an error', (line, code, message) => {
    let seen: unknown;
    try {
      parseWatchEvent('watching pods', line);
    } catch (error) {
      seen = error;
    }
    expect(isKubeError(seen, code)).toBe(true);
    expect(String(seen)).toMatch(message);
  });
});
