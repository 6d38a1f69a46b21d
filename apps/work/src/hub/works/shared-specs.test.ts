import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { aWorkSpec, until } from '@ocm/testing';
import { SharedSpecs } from './shared-specs.ts';

test('equal specs become one object, others stay what they are', () => {
  const specs = new SharedSpecs();
  const first = aWorkSpec();
  expect(specs.share(first)).toBe(first);
  expect(specs.share(structuredClone(first))).toBe(first);
  const other = aWorkSpec({ deleteOption: { propagationPolicy: 'Orphan' } });
  expect(specs.share(other)).toBe(other);
});

test('all that are in use are remembered, however many rollouts there are', () => {
  const specs = new SharedSpecs();
  const kept = Array.from({ length: 3000 }, (_, index) => specs.share(specOf(index)));
  expect(kept.filter((spec, index) => specs.share(specOf(index)) !== spec)).toEqual([]);
  expect(specs.size).toBe(3000);
});

test('what nobody uses any more is forgotten', async () => {
  const specs = new SharedSpecs();
  shareForAMoment(specs);
  const used = specs.share(specOf(100));
  const isRestForgotten = (): boolean => {
    collectGarbage();
    return specs.size === 1;
  };
  await until(isRestForgotten, { describe: 'only the spec in use is left' });
  expect(specs.share(specOf(100))).toBe(used);
});

/** Apart, so that no register of a test that waits holds one of them. */
function shareForAMoment(specs: SharedSpecs): void {
  for (let index = 0; index < 100; index += 1) specs.share(specOf(index));
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function specOf(ttlSecondsAfterFinished: number): ReturnType<typeof aWorkSpec> {
  return aWorkSpec({ deleteOption: { ttlSecondsAfterFinished } });
}
