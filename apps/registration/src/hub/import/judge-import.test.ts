import { aCluster, aCondition } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { kubeconfigProblem, capiKeyOf } from './cluster-api.ts';
import { afterImport, importCondition, type ImportResult, isToBeImported } from './judge-import.ts';

const error = new Error('told so');

test.each<{ readonly result: ImportResult; readonly status: string; readonly reason: string; readonly after: string }>([
  { result: { kind: 'imported' }, status: 'True', reason: 'ImportSucceed', after: 'done' },
  { result: { kind: 'no-access', problem: 'told so' }, status: 'False', reason: 'KubeConfigNotFound', after: 'done' },
  { result: { kind: 'access-failed', error }, status: 'False', reason: 'KubeConfigGetFailed', after: 'retry' },
  {
    result: { kind: 'access-failed', error, retryAfterMs: 60_000 },
    status: 'False',
    reason: 'KubeConfigGetFailed',
    after: 'requeue',
  },
  { result: { kind: 'render-failed', error }, status: 'False', reason: 'ConfigRendererFailed', after: 'retry' },
  { result: { kind: 'apply-failed', error }, status: 'False', reason: 'ImportFailed', after: 'retry' },
])('[registration 51] $result.kind is $status / $reason, then $after', ({ result, status, reason, after }) => {
  expect(importCondition(result)).toMatchObject({ type: 'ManagedClusterImportSucceeded', status, reason });
  expect(afterImport(result).kind).toBe(after);
});

test('each object that could not be applied is named', () => {
  const failures = new AggregateError([new Error('one'), new Error('two')], 'both');
  expect(importCondition({ kind: 'apply-failed', error: failures }).message).toBe('one\ntwo');
});

const imported = aCondition({ type: 'ManagedClusterImportSucceeded', status: 'True' });
test.each([
  { what: 'a new cluster', cluster: aCluster(), want: true },
  { what: 'one that failed before', cluster: aCluster({ conditions: [{ ...imported, status: 'False' }] }), want: true },
  { what: 'one that was imported', cluster: aCluster({ conditions: [imported] }), want: false },
  {
    what: 'one that is being deleted',
    cluster: aCluster({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    want: false,
  },
  { what: 'one that is gone', cluster: undefined, want: false },
])('$what is to be imported: $want', ({ cluster, want }) => {
  expect(isToBeImported(cluster)).toBe(want);
});

test('the Cluster API cluster is named by an annotation, or like the cluster', () => {
  expect(capiKeyOf(aCluster({ name: 'c1' }))).toBe('c1/c1');
  const annotations = { 'cluster.x-k8s.io/cluster': 'capi/other' };
  expect(capiKeyOf(aCluster({ name: 'c1', annotations }))).toBe('capi/other');
});

const kubeconfig = (user: object, cluster: object = {}): string =>
  JSON.stringify({
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://host', ...cluster } }],
    users: [{ name: 'u', user }],
  });
test.each([
  { what: 'a token', text: kubeconfig({ token: 't' }), want: undefined },
  { what: 'a program', text: kubeconfig({ exec: { command: 'rm' } }), want: 'not allowed' },
  { what: 'an auth provider', text: kubeconfig({ 'auth-provider': { name: 'oidc' } }), want: 'not allowed' },
  { what: 'a token file', text: kubeconfig({ tokenFile: '/etc/passwd' }), want: 'inline' },
  { what: 'a CA file', text: kubeconfig({}, { 'certificate-authority': '/ca' }), want: 'inline' },
  { what: 'no context', text: '{}', want: 'current-context' },
])('of a kubeconfig from a secret with $what: $want', ({ text, want }) => {
  const problem = kubeconfigProblem(text);
  expect(problem).toEqual(want === undefined ? undefined : expect.stringContaining(want));
});
