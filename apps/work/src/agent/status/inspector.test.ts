import { expect, test } from '@jest/globals';
import { silentLogger } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { Inspector, isAtLeast } from './inspector.ts';

test.each([
  ['5', '5', true],
  ['6', '5', true],
  ['10', '9', true],
  ['9', '10', false],
  ['123456789012345678901', '123456789012345678900', true],
  ['abc', 'abc', true],
  ['abd', 'abc', false],
])('version %s is at least %s: %s', (version, other, answer) => {
  expect(isAtLeast(version, other)).toBe(answer);
});

const object = (resourceVersion: string, key: string): AnyObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', uid: 'u', resourceVersion },
  data: { key },
});
const inspected = (generation: number) => ({
  work: 'w',
  generation,
  id: { group: '', resource: 'configmaps', namespace: 'n', name: 'a' },
  options: {
    feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'key', path: '.data.key' }] } as const],
    conditionRules: [{ type: 'CEL', condition: 'Good', celExpressions: ['object.data.key == "x"'] } as const],
    updateStrategy: { type: 'Update' } as const,
    scrapeType: 'Poll' as const,
  },
});

test('what was found is remembered for this version of the object and this generation of the work', async () => {
  let nowMs = 0;
  const limits = { rawJson: false, maxJsonRawLength: 1024 };
  const inspector = new Inspector({ limits, clock: { now: () => new Date(nowMs) }, log: silentLogger });
  const found = await inspector.inspect(inspected(1), object('5', 'x'));
  expect(found.feedback.values).toHaveLength(1);
  expect(found.conditions.conditions).toMatchObject([{ type: 'Good', status: 'True' }]);
  const recall = (generation: number, resourceVersion: string, uid = 'u') =>
    inspector.recall(inspected(generation), { uid, resourceVersion });
  expect(recall(1, '5')).toBe(found);
  expect(recall(1, '4')).toBe(found); // a watch that lags behind
  expect(recall(1, '6')).toBeUndefined();
  expect(recall(1, '5', 'v')).toBeUndefined();
  expect(recall(2, '5')).toBeUndefined();
  nowMs = 10_000;
  expect(recall(1, '4')).toBeUndefined(); // the etcd was restored from a backup
  expect(recall(1, '5')).toBe(found);
  inspector.forget('w');
  expect(recall(1, '5')).toBeUndefined();
});
