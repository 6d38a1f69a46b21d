import { expect, test } from '@jest/globals';
import { createCompactor } from './compact-object.ts';

function isDeeplyFrozen(value: unknown): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen))
  );
}

const text = `{
  "metadata": {"name": "a", "managedFields": [{"manager": "x"}], "labels": {"key": "a value that is long enough"}},
  "spec": {"list": [1, null, "a value that is long enough", {"deep": [true, {"x": "y"}]}], "empty": {}, "long": "${'x'.repeat(100)}"}
}`;

test('freezes all of an object and drops nothing but managedFields', () => {
  const compact = createCompactor();
  const object = compact(JSON.parse(text));
  const { managedFields: _, ...metadata } = JSON.parse(text).metadata;
  expect(object).toEqual({ ...JSON.parse(text), metadata });
  expect(isDeeplyFrozen(object)).toBe(true);
});

test('takes parts that are frozen already, such as constants of a transform, as they are', () => {
  const shared = Object.freeze({ value: 'a value that is long enough' });
  const object = createCompactor()({ metadata: { name: 'a' }, shared });
  expect(object.shared).toBe(shared);
});

test('stays right when more different strings come than it remembers', () => {
  const compact = createCompactor();
  for (let i = 0; i < 5000; i += 1) {
    expect(compact({ metadata: { name: `object-${i}`, uid: 'uid-of-all' } }).metadata).toEqual({
      name: `object-${i}`,
      uid: 'uid-of-all',
    });
  }
});

test('takes an object of as many levels as the API server stores', () => {
  const levels = 20_000;
  const spec = JSON.parse(`${'{"a":'.repeat(levels)}"a value that is long enough"${'}'.repeat(levels)}`);
  const object = createCompactor()({ metadata: { name: 'a' }, spec });
  let node: unknown = object.spec;
  for (; typeof node === 'object'; node = (node as { readonly a: unknown }).a) {
    if (!Object.isFrozen(node)) throw new Error('a level is not frozen');
  }
  expect(node).toBe('a value that is long enough');
});
