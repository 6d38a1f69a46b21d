import { describe, expect, test } from '@jest/globals';
import type { AddOnScore } from '@ocm/api';
import { answer, costOf } from '../../test/answer.ts';
import { placementEnvironment } from './placement.ts';

const scores = new Map<string, readonly AddOnScore[]>([
  ['cluster1/demo', [{ name: 'cpu', value: 70 }]],
  ['cluster2/demo', [{ name: 'cpu', value: 90 }]],
  [
    'cluster1/x',
    [
      { name: 'cpu', value: 70 },
      { name: 'memory', value: -5 },
    ],
  ],
  ['cluster1/empty', []],
]);
const environment = placementEnvironment((cluster, resource) => scores.get(`${cluster}/${resource}`));

const cluster = (name: string, labels?: Record<string, string>) => ({
  metadata: { name, ...(labels && { labels }) },
  spec: { hubAcceptsClient: true },
  status: {
    version: { kubernetes: 'v1.30.1' },
    conditions: null,
    clusterClaims: [
      { name: 'platform', value: name === 'cluster1' ? 'aws' : 'gcp' },
      { name: 'config', value: '{"a": 2, "l": [1, {"b": null}], "t": "x"}' },
      { name: 'broken', value: '{"a"' },
    ],
    capacity: { cpu: '1600m', memory: '12Gi' },
  },
});

const labelled = cluster('cluster1', { env: 'prod', version: '1.30.5' });
const ask = (expression: string, managedCluster: unknown = labelled): string =>
  answer(expression, { managedCluster }, environment);
const CLAIM = (name: string): string => `managedCluster.status.clusterClaims.filter(c, c.name == "${name}")[0].value`;

describe('predicates', () => {
  test('[placement 34] a label is compared; a cluster without labels is an error, not a match', () => {
    const expression = 'managedCluster.metadata.labels["env"] == "prod"';
    expect(ask(expression)).toBe('true');
    expect(ask(expression, cluster('cluster1'))).toBe('error: no such key: labels');
  });

  test('[placement 35] claims are searched', () => {
    const expression = 'managedCluster.status.clusterClaims.exists(c, c.name == "platform" && c.value == "aws")';
    expect([ask(expression), ask(expression, cluster('cluster2'))]).toEqual(['true', 'false']);
  });

  test('[placement 36] scores are read by the name of the cluster; without the object there is an error', () => {
    const expression = 'managedCluster.scores("demo").filter(e, e.name == "cpu").all(e, e.value > 80)';
    expect(['cluster1', 'cluster2', 'cluster3'].map((name) => ask(expression, cluster(name)))).toEqual([
      'false',
      'true',
      'error: failed to get score: no AddOnPlacementScore "demo" in "cluster3"',
    ]);
  });

  test('[placement 37] an unknown name does not compile', () => {
    expect(ask('xxxx.expression')).toBe("invalid: undeclared reference to 'xxxx' (in container '')");
  });

  test('[placement 38] semver has no second argument', () => {
    expect(ask('semver(managedCluster.metadata.labels["version"], true).major() == 1')).toBe(
      "invalid: found no matching overload for 'semver' applied to '(dyn, bool)'",
    );
    expect(ask('semver(managedCluster.metadata.labels["version"]).isLessThan(semver("1.31.0"))')).toBe('true');
    expect(ask('semver(managedCluster.status.version.kubernetes).major() == 1')).toMatch(
      /^error: "v1.30.1" is not a semantic version/,
    );
  });

  test('[placement 39] a result that is no bool is a value like any other', () => {
    expect(ask('managedCluster.metadata.name')).toBe('"cluster1"');
  });

  test('[placement 40] a claim that holds JSON is read, its numbers as doubles that equal ints', () => {
    expect(ask(`${CLAIM('config')}.parseJSON().a == 2`)).toBe('true');
    expect(ask(`${CLAIM('config')}.parseJSON()`)).toBe('{"a": 2.0, "l": [1.0, {"b": null}], "t": "x"}');
    expect(ask(`${CLAIM('broken')}.parseJSON()`)).toMatch(/^error: failed to parse json: /);
  });

  test('[placement 41] a costly loop ends with an error', () => {
    const names = Array.from({ length: 1000 }, (_, index) => ({ name: `claim${index}`, value: 'x' }));
    const managedCluster = { ...labelled, status: { clusterClaims: names } };
    const claims = 'managedCluster.status.clusterClaims';
    expect(
      ask(`${claims}.all(a, ${claims}.all(b, ${claims}.all(c, a.name != "" && b.name != c.value)))`, managedCluster),
    ).toBe('error: CEL evaluation budget exceeded');
  });

  test.each([
    ['managedCluster.metadata.labels.exists(k, k == "env")', 'true'],
    ['has(managedCluster.metadata.labels) && "env" in managedCluster.metadata.labels', 'true'],
    ['managedCluster.spec.hubAcceptsClient', 'true'],
    ['managedCluster.status.conditions == null', 'true'],
    ['managedCluster.?status.?missing.orValue("default")', '"default"'],
    ['managedCluster.unknown', 'error: no such key: unknown'],
    ['quantity(managedCluster.status.capacity.memory).isGreaterThan(quantity("8Gi"))', 'true'],
    ['managedCluster[1]', "invalid: found no matching overload for '_[_]' applied to '(map(string, dyn), int)'"],
  ])('%s', (expression, wanted) => expect(ask(expression)).toBe(wanted));
});

describe('scores (placement 5.4.2)', () => {
  test.each([
    ['managedCluster.scores("x")', '[{"name": "cpu", "value": 70}, {"name": "memory", "value": -5}]'],
    ['managedCluster.scores("empty")', '[]'],
    ['managedCluster.scores("missing")', 'error: failed to get score: no AddOnPlacementScore "missing" in "cluster1"'],
    ['managedCluster.metadata.scores("x")', 'error: failed to get score: the receiver has no metadata.name'],
    ['"text".scores("x")', 'error: failed to get score: the receiver has no metadata.name'],
    [
      'managedCluster.scores(1)',
      "invalid: found no matching overload for 'scores' applied to 'map(string, dyn).(int)'",
    ],
    [
      'scores(managedCluster, "x")',
      "invalid: found no matching overload for 'scores' applied to '(map(string, dyn), string)'",
    ],
  ])('%s', (expression, wanted) => expect(ask(expression)).toBe(wanted));
});

describe('parseJSON (placement 5.4.2)', () => {
  test.each([
    ['"1".parseJSON()', '1.0'],
    [`'"text"'.parseJSON()`, '"text"'],
    ['"true".parseJSON()', 'true'],
    ['"null".parseJSON()', 'null'],
    ['"[1, 9007199254740993]".parseJSON()', '[1.0, 9007199254740992.0]'],
    ['"".parseJSON()', 'error: failed to parse json: Unexpected end of JSON input'],
    ['1.parseJSON()', "invalid: found no matching overload for 'parseJSON' applied to 'int.()'"],
    ['parseJSON("1")', "invalid: found no matching overload for 'parseJSON' applied to '(string)'"],
  ])('%s', (expression, wanted) => expect(ask(expression)).toBe(wanted));
});

describe('cost (placement 5.4.6)', () => {
  test.each([
    ['managedCluster.metadata.labels["env"] == "prod"', 5],
    ['semver(managedCluster.metadata.labels["version"]).isLessThan(semver("1.31.0"))', 7],
    ['managedCluster.scores("x")', 73],
    ['managedCluster.scores("empty")', 11],
    [`'{"a": [1, {"b": []}]}'.parseJSON()`, 3 + 2 * 30 + 2 * 10],
    ['"1".parseJSON()', 1],
  ])('of %s is %d', (expression, cost) => {
    expect(costOf(expression, { managedCluster: labelled }, environment)).toBe(cost);
  });
});
