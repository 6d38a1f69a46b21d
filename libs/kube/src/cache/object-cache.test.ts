import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { aThing, type Thing } from '../../test/scripted-resource.ts';
import { ObjectCache } from './object-cache.ts';

type Step =
  | {
      readonly do: 'put';
      readonly name: number;
      readonly version: number;
      readonly color: string;
      readonly uid: string;
    }
  | { readonly do: 'remove'; readonly name: number }
  | { readonly do: 'list'; readonly names: readonly number[] };

const name = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    name,
    version: fc.nat(8),
    color: fc.constantFrom('red', 'blue', 'hidden'),
    uid: fc.constantFrom('u1', 'u2'),
  }),
  fc.record({ do: fc.constant('remove' as const), name }),
  fc.record({ do: fc.constant('list' as const), names: fc.array(name) }),
);

function sorted(objects: Iterable<Thing>): Thing[] {
  return [...objects].toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

test('who replays the events has what the cache has, and the index finds what a search would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = new ObjectCache<Thing, 'color'>({
        indexes: { color: ({ spec }) => [spec?.color ?? '', 'all', 'all'] },
        keep: ({ spec }) => spec?.color !== 'hidden',
        onError: (error) => {
          throw error;
        },
      });
      const replayed = new Map<string, Thing>();
      const apply = (step: Step): ReturnType<typeof cache.put> => {
        if (step.do === 'list') return cache.retain(new Set(step.names.map((n) => `n${n}`)));
        const object = aThing(`n${step.name}`, '0');
        if (step.do === 'remove') return cache.remove(object);
        const { version, uid, color } = step;
        return cache.put(aThing(`n${step.name}`, `${version}${uid}${color}`, { uid, color }), { initial: false });
      };
      for (const event of steps.flatMap(apply)) {
        const key = event.object.metadata.name;
        expect(replayed.has(key)).toBe(event.type !== 'added');
        if (event.type === 'updated') expect(event.previous).toBe(replayed.get(key));
        if (event.type === 'updated') expect(event.object.metadata.uid).toBe(event.previous.metadata.uid);
        if (event.type === 'deleted') replayed.delete(key);
        else replayed.set(key, event.object);
      }
      expect(sorted(cache.list())).toEqual(sorted(replayed.values()));
      expect(cache.size).toBe(replayed.size);
      for (const color of ['red', 'blue', 'hidden']) {
        const searched = [...replayed.values()].filter(({ spec }) => spec?.color === color);
        expect(sorted(cache.by('color', color))).toEqual(sorted(searched));
      }
      expect(cache.by('color', 'all')).toHaveLength(replayed.size);
    }),
  );
});

test('an object that was read again unchanged is not an event', () => {
  const cache = new ObjectCache<Thing>({ onError: () => {} });
  cache.put(aThing('a', '1'), { initial: true });
  const first = cache.get('a');
  expect(cache.put(aThing('a', '1'), { initial: true })).toEqual([]);
  expect(cache.get('a')).toBe(first);
});

test('namespaced objects are found by namespace and name', () => {
  const cache = new ObjectCache<Thing>({ onError: () => {} });
  const { spec } = aThing('a', '1');
  cache.put(
    { metadata: { namespace: 'n', name: 'a', resourceVersion: '1' }, ...(spec && { spec }) },
    { initial: true },
  );
  expect(cache.get({ namespace: 'n', name: 'a' })?.metadata.name).toBe('a');
  expect(cache.get('n/a')?.metadata.name).toBe('a');
  expect(cache.get('a')).toBeUndefined();
});
