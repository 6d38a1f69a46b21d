import { expect, test } from '@jest/globals';
import type { Executor } from '@ocm/api';
import { aManifestWork } from '@ocm/testing';
import { type ExecutorJudgement, judgeExecutor } from './judge-executor.ts';

const options = { user: 'ann', nilExecutorValidating: false };
const work = (executor?: string | Executor) => aManifestWork(executor === undefined ? {} : { executor });
const mayExecuteAs = (name: string, shown: string): ExecutorJudgement => ({
  kind: 'ask',
  resource: {
    group: 'work.open-cluster-management.io',
    resource: 'manifestworks',
    verb: 'execute-as',
    namespace: 'cluster1',
    name,
  },
  refusal: `user ann cannot manipulate the Manifestwork with executor ${shown} in namespace cluster1`,
});
const FINE: ExecutorJudgement = { kind: 'fine' };
const NIL: ExecutorJudgement = { kind: 'refuse', message: 'executor service account can not be nil' };

test.each<
  [string, { next: ReturnType<typeof work>; previous?: ReturnType<typeof work>; judgement: ExecutorJudgement }]
>([
  ['none', { next: work(), judgement: FINE }],
  ['one', { next: work('ns/a'), judgement: mayExecuteAs('system:serviceaccount:ns:a', 'ns/a') }],
  ['without account', { next: work({ subject: { type: 'ServiceAccount' } }), judgement: NIL }],
  ['without subject', { next: work({}), judgement: NIL }],
  ['unchanged', { next: work('ns/a'), previous: work('ns/a'), judgement: FINE }],
  [
    'changed',
    { next: work('ns/b'), previous: work('ns/a'), judgement: mayExecuteAs('system:serviceaccount:ns:b', 'ns/b') },
  ],
  ['added', { next: work('ns/a'), previous: work(), judgement: mayExecuteAs('system:serviceaccount:ns:a', 'ns/a') }],
  ['removed', { next: work(), previous: work('ns/a'), judgement: FINE }],
])('[work 73] an executor: %s', (_what, { next, previous, judgement }) => {
  expect(judgeExecutor(next, previous, options)).toEqual(judgement);
});

test('[work 72] no executor stands for the account of the agent when the gate says so', () => {
  const gated = { ...options, nilExecutorValidating: true };
  const judgement = mayExecuteAs('system:serviceaccount::klusterlet-work-sa', '/klusterlet-work-sa');
  expect(judgeExecutor(work(), undefined, gated)).toEqual(judgement);
  expect(judgeExecutor(work(), work('ns/a'), gated)).toEqual(judgement);
  expect(judgeExecutor(work(), work(), gated)).toEqual(FINE);
});
