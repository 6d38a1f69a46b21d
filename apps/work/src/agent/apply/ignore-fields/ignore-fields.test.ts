import { afterAll, expect, jest, test } from '@jest/globals';
import type { IgnoreFields } from '@ocm/api';
import { silentLogger, systemClock } from '@ocm/kube';
import { leaveOut } from './ignore-fields.ts';
import { JqThread } from './jq-thread.ts';

// Threads start slowly on a busy machine.
jest.setTimeout(40_000);

const jq = new JqThread({ clock: systemClock, limitMs: 30_000, idleMs: 60_000 });
afterAll(() => jq.close());

const tools = { jq, log: silentLogger, signal: new AbortController().signal };
const container = { name: 'main', env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }] }; // prettier-ignore
const MANIFEST = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { replicas: 3, template: { spec: { containers: [container] } } },
};
const ENV_A = '.spec.template.spec.containers[0].env[] | select(.name == "A")';
const withSpec = (spec: object) => ({ ...MANIFEST, spec });
const withEnv = (env: readonly object[]) =>
  withSpec({ replicas: 3, template: { spec: { containers: [{ name: 'main', env }] } } });
const withoutReplicas = withSpec({ template: MANIFEST.spec.template });

test.each<[string, Omit<IgnoreFields, 'condition'>, object]>([
  ['[work 23] a JSON path', { jsonPaths: ['.spec.replicas'] }, withoutReplicas],
  ['[work 23] a JSON pointer', { jsonPointers: ['/spec/replicas'] }, withoutReplicas],
  [
    '[work 24] a jq expression that selects an item',
    { jqPathExpressions: [ENV_A] },
    withEnv([{ name: 'B', value: '2' }]),
  ],
  ['a jq expression with a comment', { jqPathExpressions: ['.spec.replicas # set by somebody else'] }, withoutReplicas],
  ['several at once', { jsonPointers: ['/metadata/labels'], jqPathExpressions: ['.spec'] }, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }], // prettier-ignore
  ['a jq path that is not there', { jqPathExpressions: ['.spec.paused'] }, MANIFEST],
  ['a JSON path that is malformed', { jsonPaths: ['replicas', '.spec[.replicas'] }, MANIFEST],
  ['nothing', {}, MANIFEST],
])('%s is left out', async (_title, selectors, left) => {
  expect(await leaveOut(MANIFEST, [{ condition: 'OnSpokePresent', ...selectors }], tools)).toEqual(left);
});

test('[work 22] OnSpokeChange leaves nothing out', async () => {
  const ignored = [{ condition: 'OnSpokeChange', jsonPaths: ['.spec.replicas'] }] as const;
  expect(await leaveOut(MANIFEST, ignored, tools)).toBe(MANIFEST);
});

test.each<[Omit<IgnoreFields, 'condition'>, RegExp]>([
  [{ jqPathExpressions: ['.spec['] }, /^JQ expression error in '\.spec\[': syntax error/],
  [{ jqPathExpressions: ['.) | (.a'] }, /^JQ expression error in '\.\) \| \(\.a': it does more than to select fields/],
  [
    { jqPathExpressions: ['.metadata.labels) | .spec.replicas = 9 | del(.kind'] },
    /: it does more than to select fields$/,
  ],
  [
    { jsonPointers: ['/spec/template/spec/containers/7'] },
    /^JSON Pointer error in '\/spec\/template\/spec\/containers\/7': the list has 1/,
  ],
])('[work 25] %j cannot be used', async (selectors, message) => {
  const left = leaveOut(MANIFEST, [{ condition: 'OnSpokePresent', ...selectors }], tools);
  await expect(left).rejects.toThrow(message);
});
