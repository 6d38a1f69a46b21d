import { describe, expect, test } from '@jest/globals';
import { semanticEqual } from '@ocm/api';
import * as fc from 'fast-check';
import { parseExact } from './exact-json.ts';
import { mergePatchBetween } from './merge-patch.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** RFC 7386 2, as the API server applies it. */
function apply(target: Json | undefined, patch: Json): Json {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result: Record<string, Json> = isObject ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = apply(result[key], value);
  }
  return result;
}

describe('mergePatchBetween', () => {
  test.each([
    { name: 'nothing changed', before: { a: 1, b: { c: [1] } }, after: { b: { c: [1] }, a: 1 }, patch: undefined },
    { name: 'a changed member', before: { a: 1, b: 2 }, after: { a: 3, b: 2 }, patch: { a: 3 } },
    { name: 'a new member', before: {}, after: { a: { b: 1 } }, patch: { a: { b: 1 } } },
    { name: 'a removed member', before: { a: 1, b: 2 }, after: { b: 2 }, patch: { a: null } },
    { name: 'a member set to undefined', before: { a: 1 }, after: { a: undefined }, patch: { a: null } },
    { name: 'a nested change', before: { a: { b: 1, c: 2 } }, after: { a: { b: 1 } }, patch: { a: { c: null } } },
    { name: 'a list with a changed item', before: { a: [1, 2] }, after: { a: [1, 3] }, patch: { a: [1, 3] } },
    { name: 'an emptied list', before: { a: [1] }, after: { a: [] }, patch: { a: [] } },
    { name: 'an absent list that becomes empty', before: {}, after: { a: [] }, patch: undefined },
    { name: 'a list instead of a map', before: { a: { b: 1 } }, after: { a: [1] }, patch: { a: [1] } },
    { name: 'a map instead of a scalar', before: { a: 1 }, after: { a: { b: 1 } }, patch: { a: { b: 1 } } },
    { name: 'null where there was nothing', before: {}, after: { a: null }, patch: undefined },
  ])('$name', ({ before, after, patch }) => {
    expect(mergePatchBetween(before, after)).toEqual(patch);
  });

  test('numbers kept as text are compared by their text and not entered', () => {
    const before = parseExact('{"a":1.0,"b":12345678901234567890}') as object;
    const after = parseExact('{"a":1.0,"b":12345678901234567891}') as object;
    expect(JSON.stringify(mergePatchBetween(before, after))).toBe('{"b":12345678901234567891}');
  });

  test('the server comes to mean what was wanted, from any two values', () => {
    const { document } = fc.letrec<{ document: Json }>((tie) => ({
      document: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Json[]>(1, 2, 'x', true, null),
        fc.array(tie('document'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('document'), { maxKeys: 3 }),
      ),
    }));
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), document);
    fc.assert(
      fc.property(object, object, (before, after) => {
        const patch = mergePatchBetween(before, after);
        const result = patch === undefined ? before : apply(before, patch as Json);
        return semanticEqual(withoutNulls(result), withoutNulls(after));
      }),
      { numRuns: 2000 },
    );
  });
});

/** A merge patch cannot set null, neither in a member nor inside a new map. */
function withoutNulls(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}
