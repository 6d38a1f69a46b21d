import { describe, expect, test } from '@jest/globals';
import type { FeedbackRule, ManifestConfig } from '@ocm/api';
import { assert, constantFrom, property, string } from 'fast-check';
import { matchesWildcard, matchManifestConfig } from './manifest-config.ts';

const id = { group: 'apps', resource: 'deployments', namespace: 'web', name: 'front-end' };
const identifier = { group: 'apps', resource: 'deployments', namespace: 'web', name: 'front-end' };
const wellKnown: readonly FeedbackRule[] = [{ type: 'WellKnownStatus' }];

describe('matchesWildcard', () => {
  test.each([
    ['front-end', 'front-end', true],
    ['front-end', 'front', false],
    ['*', 'anything', true],
    ['*', '', true],
    ['', '', true],
    ['', 'x', false],
    ['f*d', 'front-end', true],
    ['f*t', 'front-end', false],
    ['*-*', 'front-end', true],
    ['f**d', 'fd', true],
    ['a*a', 'a', false],
    ['a*b*b', 'ab', false],
    ['a.c', 'abc', false],
  ])('%j matches %j: %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  test('agrees with the regular expression that says the same', () => {
    const letters = string({ unit: constantFrom('a', 'b', '*'), maxLength: 8 });
    assert(
      property(letters, string({ unit: constantFrom('a', 'b'), maxLength: 8 }), (pattern, text) => {
        const expected = new RegExp(`^${pattern.split('*').join('.*')}$`).test(text);
        expect(matchesWildcard(pattern, text)).toBe(expected);
      }),
    );
  });
});

describe('matchManifestConfig', () => {
  test('without a match the strategy is Update', () => {
    expect(matchManifestConfig(undefined, id).updateStrategy).toEqual({ type: 'Update' });
    const other: ManifestConfig = {
      resourceIdentifier: { ...identifier, name: 'other' },
      updateStrategy: { type: 'CreateOnly' },
    };
    expect(matchManifestConfig([other], id).updateStrategy).toEqual({ type: 'Update' });
  });

  test.each([
    ['group', { ...identifier, group: '' }],
    ['resource', { ...identifier, resource: 'statefulsets' }],
    ['namespace', { ...identifier, namespace: 'db' }],
  ])('another %s does not match', (_field, resourceIdentifier) => {
    const config: ManifestConfig = { resourceIdentifier, updateStrategy: { type: 'ReadOnly' } };
    expect(matchManifestConfig([config], id).updateStrategy.type).toBe('Update');
  });

  test('[work 27] wildcards match, and the first of two matching entries supplies each option', () => {
    const configs: readonly ManifestConfig[] = [
      { resourceIdentifier: { ...identifier, name: '*' }, feedbackRules: wellKnown },
      { resourceIdentifier: { ...identifier, namespace: 'w*' }, updateStrategy: { type: 'CreateOnly' } },
      {
        resourceIdentifier: identifier,
        updateStrategy: { type: 'ReadOnly' },
        feedbackRules: [{ type: 'JSONPaths', jsonPaths: [] }],
      },
    ];
    expect(matchManifestConfig(configs, id)).toMatchObject({
      feedbackRules: wellKnown,
      updateStrategy: { type: 'CreateOnly' },
    });
  });

  test('empty rules do not count as found', () => {
    const configs: readonly ManifestConfig[] = [
      { resourceIdentifier: identifier, feedbackRules: [] },
      { resourceIdentifier: identifier, feedbackRules: wellKnown },
    ];
    expect(matchManifestConfig(configs, id).feedbackRules).toBe(wellKnown);
  });

  test('the scrape type is that of the last matching entry', () => {
    const configs: readonly ManifestConfig[] = [
      { resourceIdentifier: identifier, feedbackRules: wellKnown, feedbackScrapeType: 'Watch' },
      { resourceIdentifier: identifier, feedbackScrapeType: 'Poll' },
    ];
    expect(matchManifestConfig(configs, id).scrapeType).toBe('Poll');
    expect(matchManifestConfig(configs.toReversed(), id).scrapeType).toBe('Watch');
  });

  test('a configuration with only a scrape type is ignored', () => {
    const configs: readonly ManifestConfig[] = [{ resourceIdentifier: identifier, feedbackScrapeType: 'Watch' }];
    expect(matchManifestConfig(configs, id).scrapeType).toBe('Poll');
  });
});
