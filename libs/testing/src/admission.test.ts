import { expect, test } from '@jest/globals';
import { admissionSamples, isRefused, refusalOf } from './admission.ts';
import type { RequestSender } from './rights.ts';

const { signal } = new AbortController();
const write = { method: 'POST', path: '/apis/a.example/v1/things', body: {} } as const;
const answering = (status: number, body: object): RequestSender => ({
  request: async () => ({ status, body: JSON.stringify(body) }),
});
const failing = (code: string): Promise<never> => Promise.reject(Object.assign(new Error('no'), { code }));

test('a refusal is code, reason and message of the answer', async () => {
  const refusal = { code: 403, reason: 'Forbidden', message: 'no' };
  expect(await refusalOf(answering(403, { kind: 'Status', ...refusal }), write, signal)).toEqual(refusal);
});

test('a write that is let in is no refusal', async () => {
  await expect(refusalOf(answering(201, { a: 1 }), write, signal)).rejects.toThrow(
    'POST /apis/a.example/v1/things was let in: {"a":1}',
  );
});

test('only a bad request counts as refused', async () => {
  expect(await isRefused(failing('bad-request'))).toBe(true);
  expect(await isRefused(failing('forbidden'))).toBe(false);
  expect(await isRefused(Promise.resolve())).toBe(false);
});

test('samples are in the order of their files, with who refuses them', () => {
  const refused = admissionSamples('refused', /^managed-cluster-(plain|dotted)/);
  const layer = 'managedclustervalidators.admission.cluster.open-cluster-management.io';
  expect(refused.map(({ object, ...rest }) => ({ ...rest, kind: object.kind }))).toEqual([
    { file: 'managed-cluster-dotted-name.yaml', layer, kind: 'ManagedCluster' },
    { file: 'managed-cluster-plain-http.yaml', layer, kind: 'ManagedCluster' },
  ]);
  expect(admissionSamples('good', /^managed-cluster/).every((sample) => sample.layer === undefined)).toBe(true);
});
