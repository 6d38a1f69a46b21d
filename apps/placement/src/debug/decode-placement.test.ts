import * as fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { compileSpec } from '../schedule/compile-spec.ts';
import { decodePlacement } from './decode-placement.ts';

function decoded(text: string): unknown {
  const outcome = decodePlacement(text);
  return outcome.kind === 'decoded' ? outcome.placement : outcome.problem;
}

const withSpec = (spec: unknown): string => JSON.stringify({ metadata: { name: 'p', namespace: 'n' }, spec });

describe('a Placement that is sent', () => {
  test('keeps what scheduling reads, and loses what it does not know', () => {
    const spec = {
      clusterSets: ['a'],
      numberOfClusters: -1,
      predicates: [
        {
          requiredClusterSelector: {
            labelSelector: { matchLabels: { constructor: 'x' }, matchExpressions: [{ key: 'k', operator: 'Exists' }] },
            claimSelector: { matchExpressions: [{ key: 'k', operator: 'In', values: ['v'] }] },
            celSelector: { celExpressions: ['true'] },
          },
        },
      ],
      prioritizerPolicy: {
        mode: 'Exact',
        configurations: [
          { scoreCoordinate: { type: 'AddOn', addOn: { resourceName: 'r', scoreName: 's' } }, weight: -10 },
        ],
      },
      tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoSelect', tolerationSeconds: 30 }],
      decisionStrategy: {
        groupStrategy: {
          clustersPerDecisionGroup: '25%',
          decisionGroups: [{ groupName: 'canary', groupClusterSelector: { labelSelector: {} } }],
        },
      },
      sortBy: 'Score',
      scoreRateLimit: '1m',
    };
    const metadata = { name: 'p', namespace: 'n', labels: { a: 'b' }, annotations: { c: 'd' } };
    const extra = { apiVersion: 'v1', status: { conditions: 7 }, toString: 1 };
    const text = JSON.stringify({ ...extra, metadata: { ...metadata, uid: 7 }, spec: { ...spec, constructor: 1 } });
    expect(decoded(text)).toEqual({ metadata, spec });
  });

  test.each([
    { text: '{}', want: { metadata: { name: '' }, spec: {} } },
    { text: '{"metadata":null,"spec":null}', want: { metadata: { name: '' }, spec: {} } },
    {
      text: withSpec({ predicates: [null, { requiredClusterSelector: null }], prioritizerPolicy: null }),
      want: { metadata: { name: 'p', namespace: 'n' }, spec: { predicates: [{}, {}] } },
    },
    {
      text: withSpec({
        predicates: [{ requiredClusterSelector: { labelSelector: { matchExpressions: [{ operator: null }] } } }],
        prioritizerPolicy: { configurations: [{ scoreCoordinate: { addOn: { resourceName: 'r' } } }] },
        decisionStrategy: { groupStrategy: { decisionGroups: [{ groupName: 'ab' }, null] } },
      }),
      want: expect.objectContaining({
        spec: {
          predicates: [
            { requiredClusterSelector: { labelSelector: { matchExpressions: [{ key: '', operator: '' }] } } },
          ],
          prioritizerPolicy: {
            configurations: [{ scoreCoordinate: { addOn: { resourceName: 'r', scoreName: '' } } }],
          },
          decisionStrategy: {
            groupStrategy: {
              decisionGroups: [
                { groupName: 'ab', groupClusterSelector: {} },
                { groupName: '', groupClusterSelector: {} },
              ],
            },
          },
        },
      }),
    },
    { text: withSpec({ clusterSets: [null] }), want: expect.objectContaining({ spec: { clusterSets: [''] } }) },
  ])('may leave things out, also by null: $text', ({ text, want }) => {
    expect(decoded(text)).toEqual(want);
  });

  test.each([
    { text: '[]', problem: 'the body must be an object, not a list' },
    { text: '"x"', problem: 'the body must be an object, not string' },
    { text: '7.0', problem: 'the body must be an object, not 7.0' },
    { text: 'null', problem: 'the body must be an object, not null' },
    { text: '{"metadata":{"name":7}}', problem: 'metadata.name must be a string, not number' },
    { text: withSpec({ clusterSets: ['a', 7] }), problem: 'spec.clusterSets[1] must be a string, not number' },
    { text: withSpec({ numberOfClusters: 1.5 }), problem: 'spec.numberOfClusters must be an integer of 32 bits' },
    { text: withSpec({ numberOfClusters: 2 ** 31 }), problem: 'spec.numberOfClusters must be an integer of 32 bits' },
    {
      text: '{"spec":{"tolerations":[{"tolerationSeconds":9223372036854775808}]}}',
      problem: 'spec.tolerations[0].tolerationSeconds must be an integer of 64 bits, not 9223372036854775808',
    },
    {
      text: withSpec({ decisionStrategy: { groupStrategy: { clustersPerDecisionGroup: true } } }),
      problem: 'clustersPerDecisionGroup must be an integer of 32 bits or a string, not boolean',
    },
    { text: '', problem: 'JSON' },
    { text: `{"a":0.1,"b":${'['.repeat(500_000)}`, problem: '' },
  ])('with a value of another type is refused: $problem', ({ text, problem }) => {
    expect(decoded(text)).toEqual(expect.stringContaining(problem));
  });

  test('may have a toleration for longer than a double counts', () => {
    const text = '{"spec":{"tolerations":[{"key":"k","operator":"Exists","tolerationSeconds":9223372036854775807}]}}';
    expect(JSON.stringify(decoded(text))).toContain('9223372036854775807');
  });

  test('whatever it is, gives a spec that can be compiled, or a reason', () => {
    const anything = fc.jsonValue({ maxDepth: 6 });
    const keys = ['predicates', 'tolerations', 'prioritizerPolicy', 'clusterSets', 'numberOfClusters'];
    const requirement = fc.dictionary(fc.constantFrom('key', 'operator', 'values'), anything);
    const predicate = fc
      .array(requirement)
      .map((matchExpressions) => ({ requiredClusterSelector: { labelSelector: { matchExpressions } } }));
    const spec = fc.oneof(
      fc.dictionary(fc.constantFrom(...keys), anything),
      fc.array(predicate).map((predicates) => ({ predicates })),
    );
    fc.assert(
      fc.property(spec, (value) => {
        const outcome = decodePlacement(withSpec(value));
        if (outcome.kind === 'malformed') expect(outcome.problem).toContain('spec');
        else compileSpec(outcome.placement.spec, () => ({ kind: 'invalid', problem: 'no CEL here' }));
      }),
    );
  });
});
