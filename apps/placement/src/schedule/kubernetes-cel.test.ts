import type { ManagedCluster } from '@ocm/api';
import { aCluster, anAddOnPlacementScore } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { kubernetesCel } from './kubernetes-cel.ts';

const cluster = aCluster({ name: 'c1', labels: { env: 'prod', version: '1.30.4' }, claims: { region: 'east' } });
const scores = anAddOnPlacementScore({ name: 'x', namespace: 'c1', scores: { cpu: 70, memory: 90 } });
const compileCel = kubernetesCel((name, resource) => (name === 'c1' && resource === 'x' ? scores : undefined));

function evaluate(text: string, costLimit = 1_000_000): unknown {
  const expression = compileCel(text);
  if ('problem' in expression) throw new Error(expression.problem);
  return expression.evaluate(cluster, costLimit);
}

function answerOf(text: string, asked: ManagedCluster): unknown {
  const expression = compileCel(text);
  const answer = 'problem' in expression ? expression : expression.evaluate(asked, 1_000_000);
  return 'value' in answer ? answer.value : answer;
}

describe('an expression', () => {
  test.each([
    { text: 'managedCluster.metadata.labels["env"] == "prod"', cost: 5 },
    { text: 'semver(managedCluster.metadata.labels["version"]).isLessThan(semver("1.31.0"))', cost: 7 },
  ])('$text is true and costs $cost', ({ text, cost }) => {
    expect(evaluate(text)).toEqual({ kind: 'value', value: true, cost });
  });

  test('reads the scores of the cluster, in their order, at their price', () => {
    expect(evaluate('managedCluster.scores("x")')).toMatchObject({ kind: 'value', cost: 73 });
    const text = 'managedCluster.scores("x").map(e, e.name + string(e.value)) == ["cpu70", "memory90"]';
    expect(evaluate(text)).toMatchObject({ kind: 'value', value: true });
    const missing = { kind: 'failed', problem: expect.stringMatching(/^failed to get score: /) };
    expect(evaluate('managedCluster.scores("y").size() == 0')).toMatchObject(missing);
  });

  test('reads scores also when they have expired, and says yes to all of none', () => {
    const expired = anAddOnPlacementScore({
      name: 'x',
      namespace: 'c1',
      scores: { cpu: 70 },
      validUntil: '2020-01-01T00:00:00Z',
    });
    const expression = kubernetesCel(() => expired)('managedCluster.scores("x").exists(e, e.value == 70)');
    expect('problem' in expression ? expression : expression.evaluate(cluster, 1000)).toMatchObject({ value: true });
    const text = 'managedCluster.scores("x").filter(e, e.name == "gpu").all(e, e.value > 80)';
    expect(evaluate(text)).toMatchObject({ kind: 'value', value: true });
  });

  test('that takes too long is interrupted, and says so', () => {
    let nowMs = 0;
    const impatient = kubernetesCel(
      () => undefined,
      () => (nowMs += 3000),
    );
    const ten = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]';
    const expression = impatient(`${ten}.all(a, ${ten}.all(b, ${ten}.all(c, a + b + c >= 0)))`);
    const answer = 'problem' in expression ? expression : expression.evaluate(cluster, 1_000_000);
    expect(answer).toMatchObject({ kind: 'failed', isInterrupted: true });
  });

  test('finds what the API leaves out', () => {
    const text = 'managedCluster.status.conditions == null && !has(managedCluster.status.version.kubernetes)';
    expect(evaluate(text)).toMatchObject({ kind: 'value', value: true });
    expect(evaluate('managedCluster.spec.hubAcceptsClient')).toMatchObject({ kind: 'value', value: true });
  });

  test.each([
    { text: 'has(managedCluster.metadata.labels)', filled: true },
    { text: 'has(managedCluster.spec.taints)', filled: true },
    { text: 'managedCluster.spec.?taints[?0].?value.hasValue()', filled: true },
    { text: 'has(managedCluster.spec.managedClusterClientConfigs)', filled: true },
    { text: 'managedCluster.spec.?managedClusterClientConfigs[?0].?caBundle.hasValue()', filled: true },
    { text: 'has(managedCluster.spec.leaseDurationSeconds)', filled: true },
    { text: 'has(managedCluster.status.capacity)', filled: true },
    { text: 'has(managedCluster.status.allocatable)', filled: true },
    { text: 'has(managedCluster.status.clusterClaims)', filled: true },
    { text: 'has(managedCluster.status.version.kubernetes)', filled: true },
    { text: 'managedCluster.spec.hubAcceptsClient', filled: false },
    { text: 'has(managedCluster.status.version) && has(managedCluster.status.conditions)', filled: true, empty: true },
  ])('finds an optional field only when it is not empty: $text', ({ text, filled, empty = false }) => {
    const withFields = aCluster({ name: 'c1', labels: { env: 'prod' }, claims: { region: 'east' } });
    const emptyFields: ManagedCluster = {
      metadata: { name: 'c1', labels: {} },
      spec: { hubAcceptsClient: false, leaseDurationSeconds: 0, taints: [], managedClusterClientConfigs: [] },
      status: { capacity: {}, allocatable: {}, clusterClaims: [], version: { kubernetes: '' } },
    };
    const emptyParts: ManagedCluster = {
      ...emptyFields,
      spec: {
        ...emptyFields.spec,
        taints: [{ key: 'k', effect: 'NoSelect', value: '' }],
        managedClusterClientConfigs: [{ url: 'https://c1', caBundle: '' }],
      },
    };
    const filledFields: ManagedCluster = {
      ...withFields,
      spec: {
        hubAcceptsClient: false,
        leaseDurationSeconds: 60,
        taints: [{ key: 'k', effect: 'NoSelect', value: 'v' }],
        managedClusterClientConfigs: [{ url: 'https://c1', caBundle: 'cGVt' }],
      },
      status: { ...withFields.status, capacity: { cpu: '1' }, allocatable: { cpu: 1 }, version: { kubernetes: 'v1' } },
    };
    const answers = [filledFields, emptyFields, text.includes('[?0]') ? emptyParts : emptyFields].map((each) =>
      answerOf(text, each),
    );
    expect(answers).toEqual([filled, empty, empty]);
  });

  test('that fails, or costs more than it may, has no value', () => {
    expect(evaluate('managedCluster.metadata.labels["none"] == ""')).toMatchObject({ kind: 'failed' });
    expect(evaluate('managedCluster.metadata.labels["env"] == "prod"', 4)).toMatchObject({ kind: 'failed' });
  });

  test.each([
    { text: 'xxxx.expression', problem: /^compilation failed: ERROR: <input>:1:1: undeclared reference to 'xxxx'/ },
    { text: 'semver("1.2", true).major() == 1', problem: /no matching overload/ },
  ])('that is wrong is refused: $text', ({ text, problem }) => {
    expect(compileCel(text)).toEqual({ kind: 'invalid', problem: expect.stringMatching(problem) });
    expect(compileCel(text)).toBe(compileCel(text));
  });
});

/** An expression about so long. */
function equal(length: number, fill: string): string {
  return `"${fill.padEnd(length, 'x')}" == ""`;
}

describe('what has been compiled', () => {
  test('is remembered, if it is not long', () => {
    const short = equal(4000, 'a');
    expect(compileCel(short)).toBe(compileCel(short));
    const long = equal(4100, 'a');
    expect(compileCel(long)).not.toBe(compileCel(long));
    const wrong = `${long} +`;
    expect(compileCel(wrong)).not.toBe(compileCel(wrong));
  });

  test.each([
    { count: 100, length: 4000, isKept: true },
    { count: 130, length: 4000, isKept: false },
    { count: 900, length: 10, isKept: true },
    { count: 1000, length: 10, isKept: false },
  ])('is forgotten when there is much else: $count texts of $length characters', ({ count, length, isKept }) => {
    const first = compileCel('managedCluster.metadata.name == "first"');
    for (let index = 0; index < count; index += 1) compileCel(equal(length, String(index)));
    expect(compileCel('managedCluster.metadata.name == "first"') === first).toBe(isKept);
  });
});
