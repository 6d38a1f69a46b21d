import { expect, test } from '@jest/globals';
import { aWorkSpec } from '@ocm/testing';
import { SharedSpecs } from './shared-specs.ts';

test('equal specs become one object, others stay what they are', () => {
  const specs = new SharedSpecs();
  const first = aWorkSpec();
  expect(specs.share(first)).toBe(first);
  expect(specs.share(structuredClone(first))).toBe(first);
  const other = aWorkSpec({ deleteOption: { propagationPolicy: 'Orphan' } });
  expect(specs.share(other)).toBe(other);
});

test('only as many are remembered as there may be rollouts', () => {
  const specs = new SharedSpecs();
  const first = specs.share(specOf(0));
  const kept = Array.from({ length: 600 }, (_, index) => specs.share(specOf(index + 1)));
  expect(specs.share(specOf(0))).not.toBe(first);
  expect(specs.share(specOf(600))).toBe(kept[599]);
});

function specOf(ttlSecondsAfterFinished: number): ReturnType<typeof aWorkSpec> {
  return aWorkSpec({ deleteOption: { ttlSecondsAfterFinished } });
}
