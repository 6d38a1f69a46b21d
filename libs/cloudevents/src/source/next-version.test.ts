import { describe, expect, test } from '@jest/globals';
import { annotations, type ManifestWork } from '@ocm/api';
import { aWorkSpec } from '@ocm/testing';
import { mayRaise, nextVersion } from './next-version.ts';

const given = (version?: string): ManifestWork => ({
  metadata: {
    name: 'w',
    ...(version === undefined ? {} : { annotations: { [annotations.eventResourceVersion]: version } }),
  },
});

const work = (over: Partial<ManifestWork['metadata']>): ManifestWork => ({
  metadata: { name: 'w', generation: 3, ...over },
  spec: aWorkSpec(),
});

describe('the version of a work', () => {
  test.each([
    ['counted', 0, undefined, 1],
    ['counted', 7, undefined, 8],
    ['none', 7, undefined, 0],
    ['counted', 7, '42', 42],
    ['none', 7, '42', 42],
    ['counted', 7, '0', 0],
  ] as const)('%s, after %d, with annotation %s: %d', (...[versions, before, annotation, want]) => {
    expect(nextVersion(given(annotation), before, versions)).toBe(want);
  });

  test.each(['x', '-1', '1.5', '', '2147483648', '99999999999'])('annotation "%s" is an internal error', (text) => {
    expect(() => nextVersion(given(text), 0, 'counted')).toThrow(
      expect.objectContaining({ status: 500, reason: 'InternalError' }),
    );
  });

  test.each([
    ['counted, and the agent is further', work({}), 5, true],
    ['counted, and the agent has the same', work({}), 3, true],
    ['counted, and the agent is behind', work({}), 2, false],
    ['not kept', work({ generation: 0 }), 5, false],
    ['given by whoever writes it', work({ annotations: { [annotations.eventResourceVersion]: '3' } }), 5, false],
    ['of a work that ends', work({ deletionTimestamp: '2026-01-31T09:00:00Z' }), 5, false],
    ['of a work without spec', { metadata: { name: 'w', generation: 3 } }, 5, false],
    ['counted, and the agent has nearly the last there is', work({}), 2_147_483_647, false],
  ] as const)('%s: raised %#', (...[, seen, above, want]) => {
    expect(mayRaise(seen, above)).toBe(want);
  });
});
