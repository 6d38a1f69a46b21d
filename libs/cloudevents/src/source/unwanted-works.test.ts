import { describe, expect, test } from '@jest/globals';
import { noteUnwanted, type UnwantedWork } from './unwanted-works.ts';

const aWork = (resourceId: string, version = 1): UnwantedWork => ({ cluster: 'c1', resourceId, version });

describe('unwanted works of one cluster', () => {
  test('are noted once, as they were told last', () => {
    const noted = new Map<string, UnwantedWork>();
    expect(noteUnwanted(noted, [aWork('a'), aWork('b'), aWork('a', 2)])).toBe(0);
    expect([...noted.values()]).toEqual([aWork('a', 2), aWork('b')]);
  });

  test('are a hundred thousand at most, and it is told how many more there are', () => {
    const noted = new Map<string, UnwantedWork>();
    const many = Array.from({ length: 100_003 }, (_, index) => aWork(`u${index}`));
    expect(noteUnwanted(noted, many)).toBe(3);
    expect(noteUnwanted(noted, [aWork('u0', 2), aWork('another')])).toBe(1);
    expect([noted.size, noted.get('u0')?.version]).toEqual([100_000, 2]);
  });

  test('have ids that are ids', () => {
    const noted = new Map<string, UnwantedWork>();
    expect(
      noteUnwanted(
        noted,
        ['x'.repeat(257), 'x'.repeat(256)].map((id) => aWork(id)),
      ),
    ).toBe(1);
    expect(noted.size).toBe(1);
  });
});
