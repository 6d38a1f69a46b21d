import { describe, expect, test } from '@jest/globals';
import { labels } from '@ocm/api';
import { workNames } from './work-names.ts';

const metadata = (over: { placement?: string; namespace?: string; generateName?: string } = {}) => ({
  namespace: over.namespace ?? 'c1',
  generateName: over.generateName ?? 'app',
  labels: { [labels.replicaSet]: 'shop.app', [labels.placementName]: over.placement ?? 'p' },
});

describe('names for a work', () => {
  test('are a prefix and five characters, ten of them, and the same whenever they are asked for', () => {
    const names = workNames(metadata());
    expect(new Set(names).size).toBe(10);
    for (const name of names) expect(name).toMatch(/^app[a-z0-9]{5}$/);
    expect(workNames(metadata())).toEqual(names);
  });

  test.each([{ placement: 'q' }, { namespace: 'c2' }, { generateName: 'ap' }])('are others for %j', (over) => {
    expect(workNames(metadata(over))[0]).not.toBe(workNames(metadata())[0]);
  });

  test('are no longer than a label may be', () => {
    expect(workNames(metadata({ generateName: 'n'.repeat(100) }))[0]).toHaveLength(63);
  });

  test('that are given stay', () => {
    expect(workNames({ namespace: 'c1', name: 'web' })).toEqual(['web']);
  });
});
