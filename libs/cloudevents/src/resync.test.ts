import { describe, expect, test } from '@jest/globals';
import {
  answerSpecResync,
  answerStatusResync,
  decodeHeldHashes,
  decodeHeldVersions,
  encodeHeldHashes,
  encodeHeldVersions,
} from './resync.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const one = (version: bigint | undefined, isDeleting = false) => ({ resourceId: 'a', version, isDeleting });

describe('what the asker holds', () => {
  test('survives its way, also beyond 2^53', () => {
    const held = new Map([
      ['a', 9_007_199_254_740_993n],
      ['b"', 0n],
    ]);
    expect(decodeHeldVersions(encodeHeldVersions(held))).toEqual(held);
    const hashes = new Map([['a', 'x']]);
    expect(decodeHeldHashes(encodeHeldHashes(hashes))).toEqual(hashes);
  });

  test('is written with integers, as peers read it', () => {
    expect(Buffer.from(encodeHeldVersions(new Map([['a', 7n]]))).toString()).toBe(
      '{"resourceVersions":[{"resourceID":"a","resourceVersion":7}]}',
    );
  });

  test.each(['{}', '{"resourceVersions":null}', '{"resourceVersions":[]}'])('is nothing: %s', (text) => {
    expect(decodeHeldVersions(bytes(text)).size).toBe(0);
  });

  test.each<[string, string]>([
    ['', 'is empty'],
    ['[]', 'no JSON object'],
    ['{', 'no JSON'],
    ['{"resourceVersions":{}}', 'no list'],
    ['{"resourceVersions":[1]}', 'no list of objects'],
    ['{"resourceVersions":[{"resourceVersion":1}]}', 'resourceID'],
    ['{"resourceVersions":[{"resourceID":"a","resourceVersion":1.5}]}', 'no integer'],
    ['{"resourceVersions":[{"resourceID":"a"}]}', 'no integer'],
  ])('cannot be read: %s', (text, says) => {
    expect(() => decodeHeldVersions(bytes(text))).toThrow(says);
  });
});

describe('the answer to a spec resync', () => {
  test.each<{ what: string; present: ReturnType<typeof one>; held: bigint | undefined; sent: boolean }>([
    { what: 'what the asker does not hold', present: one(3n), held: undefined, sent: true },
    { what: 'a newer version', present: one(3n), held: 2n, sent: true },
    { what: 'not the same version', present: one(3n), held: 3n, sent: false },
    { what: 'not an older version', present: one(3n), held: 4n, sent: false },
    { what: 'what has no versions', present: one(0n), held: 4n, sent: true },
    { what: 'not what has an unreadable version', present: one(undefined), held: 1n, sent: false },
    { what: 'a deletion, whatever the version', present: one(3n, true), held: 3n, sent: true },
  ])('is $what', ({ present, held, sent }) => {
    const answer = answerSpecResync([present], new Map(held === undefined ? [] : [['a', held]]));
    expect(answer).toEqual({ changed: sent ? [present] : [], unknown: [] });
  });

  test('names what the asker holds and nobody knows', () => {
    const held = new Map([['gone', 5n]]);
    expect(answerSpecResync([one(1n)], held).unknown).toEqual([{ resourceId: 'gone', version: 5n }]);
  });
});

test('a status resync is answered with what differs, with everything when nothing is held', () => {
  const present = ['a', 'b', 'c'].map((resourceId) => ({ resourceId, statusHash: 'new' }));
  expect(answerStatusResync(present, new Map())).toEqual(present);
  const held = new Map([
    ['a', 'new'],
    ['b', 'old'],
  ]);
  expect(answerStatusResync(present, held).map(({ resourceId }) => resourceId)).toEqual(['b']);
});
