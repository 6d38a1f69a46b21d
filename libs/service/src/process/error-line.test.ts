import { expect, test } from '@jest/globals';
import { KubeError } from '@ocm/kube';
import { ConfigError } from '../config-error.ts';
import { errorLine } from './error-line.ts';

test.each([
  {
    error: new KubeError('cannot read kubeconfig /k: ENOENT', { code: 'config' }),
    want: 'error: cannot read kubeconfig /k: ENOENT; check the path given by --kubeconfig and the fields of that file',
  },
  {
    error: new KubeError('list managedclusters: the CRD is missing', { code: 'not-served' }),
    want: 'error: list managedclusters: the CRD is missing; API not served: install the CustomResourceDefinitions of this version first',
  },
  {
    error: new Error('cannot start', { cause: new KubeError('get leases: not allowed', { code: 'forbidden' }) }),
    want: 'error: cannot start: get leases: not allowed; give this identity the rights of the installation manifests',
  },
  {
    error: new KubeError('the certificate of https://hub has expired; renew it', { code: 'untrusted' }),
    want: 'error: the certificate of https://hub has expired; renew it',
  },
  { error: new KubeError('patch c1: conflict', { code: 'conflict' }), want: 'error: patch c1: conflict' },
  { error: new ConfigError(['--a is wrong', '--b too']), want: 'error: --a is wrong; --b too' },
  { error: new Error('two\nlines'), want: 'error: two lines' },
  { error: undefined, want: 'error: unknown error' },
])('$want', ({ error, want }) => {
  expect(errorLine(error)).toBe(want);
});

test('a chain of causes that bites its own tail is told once', () => {
  const error = new Error('a');
  error.cause = error;
  expect(errorLine(error)).toBe('error: a');
});
