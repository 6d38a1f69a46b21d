import type { PrioritizerPolicy } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import { resolveWeights } from './weights.ts';

const builtIn = (word: string, weight?: number): object => ({
  scoreCoordinate: { type: 'BuiltIn', builtIn: word },
  ...(weight === undefined ? {} : { weight }),
});
const addOn = (weight: number): object => ({
  scoreCoordinate: { type: 'AddOn', addOn: { resourceName: 'usage', scoreName: 'free' } },
  weight,
});

function weights(mode: string | undefined, ...configurations: readonly object[]): unknown {
  const policy = { ...(mode === undefined ? {} : { mode }), configurations } as PrioritizerPolicy;
  const resolved = resolveWeights(policy);
  return resolved.kind === 'resolved' ? resolved.prioritizers.map(({ name, weight }) => `${name} ${weight}`) : resolved;
}

describe('weights', () => {
  test('without a policy are those of Balance and Steady', () => {
    expect(resolveWeights(undefined)).toEqual({
      kind: 'resolved',
      prioritizers: [
        { name: 'Balance', weight: 1, source: { kind: 'balance' } },
        { name: 'Steady', weight: 1, source: { kind: 'steady' } },
      ],
    });
  });

  test.each([
    { what: 'Exact counts nothing by itself', mode: 'Exact', configured: [], want: [] },
    { what: 'an empty mode is Additive', mode: '', configured: [], want: ['Balance 1', 'Steady 1'] },
    {
      what: 'a configured default replaces it',
      mode: 'Additive',
      configured: [builtIn('Steady', 3)],
      want: ['Balance 1', 'Steady 3'],
    },
    { what: 'weight 0 turns a default off', mode: undefined, configured: [builtIn('Balance', 0)], want: ['Steady 1'] },
    {
      what: 'the last of two equal words wins',
      mode: 'Exact',
      configured: [builtIn('Steady', 3), builtIn('Steady', -2)],
      want: ['Steady -2'],
    },
    {
      what: 'equal add-on coordinates both count',
      mode: 'Exact',
      configured: [addOn(1), addOn(2)],
      want: ['AddOn/usage/free 1', 'AddOn/usage/free 2'],
    },
    { what: 'an unknown word of weight 0 is fine', mode: 'Exact', configured: [builtIn('Spread', 0)], want: [] },
    { what: 'a missing weight is 0', mode: 'Exact', configured: [builtIn('Steady')], want: [] },
    {
      what: 'a built-in coordinate with an addOn is a plain built-in',
      mode: 'Additive',
      configured: [
        {
          scoreCoordinate: { type: 'BuiltIn', builtIn: 'Balance', addOn: { resourceName: 'a', scoreName: 'b' } },
          weight: 5,
        },
      ],
      want: ['Balance 5', 'Steady 1'],
    },
  ])('$what', ({ mode, configured, want }) => {
    expect(weights(mode, ...configured)).toEqual(want);
  });

  test.each([
    { configured: [], mode: 'Foo', message: 'incorrect prioritizer policy mode: Foo' },
    { configured: [builtIn('Spread', 1)], message: 'incorrect builtin prioritizer: Spread' },
    { configured: [{ scoreCoordinate: { type: 'BuiltIn' }, weight: 1 }], message: 'incorrect builtin prioritizer: ' },
    { configured: [{ scoreCoordinate: { type: 'AddOn' }, weight: 1 }], message: 'addOn should not be empty' },
    { configured: [{ scoreCoordinate: { type: '' }, weight: -1 }], message: 'addOn should not be empty' },
    { configured: [{ weight: 0 }], message: 'scoreCoordinate field is required' },
    { configured: [builtIn('Spread', 1), { scoreCoordinate: null }], message: 'scoreCoordinate field is required' },
    { configured: [builtIn('Spread', 1)], mode: 'Foo', message: 'incorrect prioritizer policy mode: Foo' },
  ])('are refused: $message', ({ mode, configured, message }) => {
    expect(weights(mode, ...configured)).toEqual({ kind: 'misconfigured', plugin: '', message });
  });
});
