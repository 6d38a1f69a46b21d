import { expect, test } from '@jest/globals';
import { ExecutorCache, type ExecutorQuestion } from './executor-cache.ts';

const question: ExecutorQuestion = {
  account: { namespace: 'ns', name: 'sa' },
  id: { group: '', resource: 'configmaps', namespace: 'n', name: 'x' },
  version: 'v1',
  isOwned: true,
};
const DENIED = { kind: 'denied', verb: 'create' } as const;

test('an answer is remembered for exactly its question', () => {
  const cache = new ExecutorCache();
  expect(cache.slot(question).known).toBeUndefined();
  cache.slot(question).keep(DENIED);
  expect(cache.slot(question).known).toEqual(DENIED);
  expect(cache.slot({ ...question, isOwned: false }).known).toBeUndefined();
  expect(cache.slot({ ...question, account: { namespace: 'ns', name: 'other' } }).known).toBeUndefined();
});

test('[work 45] a change of rights drops the answers, also one that was asked for before it', () => {
  const cache = new ExecutorCache();
  cache.slot(question).keep(DENIED);
  const underWay = cache.slot({ ...question, version: 'v2' });
  cache.forget('ns/sa');
  underWay.keep(DENIED);
  expect(cache.slot(question).known).toBeUndefined();
  expect(cache.slot({ ...question, version: 'v2' }).known).toBeUndefined();
});

test('what no work asks for is dropped', () => {
  const cache = new ExecutorCache();
  const other = { ...question, account: { namespace: 'ns', name: 'other' } };
  for (const each of [question, { ...question, isOwned: false }, other]) cache.slot(each).keep(DENIED);
  expect(cache.size).toBe(3);
  cache.keepOnly([question]);
  expect(cache.size).toBe(1);
  expect(cache.slot(question).known).toEqual(DENIED);
});
