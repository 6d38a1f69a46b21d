import { expect, test } from '@jest/globals';
import type { Executor } from '@ocm/api';
import { executorAccount, groupsOf, userOf } from './executor-account.ts';

const account = { namespace: 'ns', name: 'sa' };

test.each<[string, Executor | undefined, object]>([
  ['no executor', undefined, { kind: 'none' }],
  [
    'a service account',
    { subject: { type: 'ServiceAccount', serviceAccount: account } },
    { kind: 'account', ...account },
  ],
  [
    'no service account',
    { subject: { type: 'ServiceAccount' } },
    { error: new Error('the executor service account is nil') },
  ],
  [
    'another type',
    { subject: { type: 'User' } } as unknown as Executor,
    { error: new Error('only support ServiceAccount type for the executor') },
  ],
  ['no subject', {}, { error: new Error('only support ServiceAccount type for the executor') }],
])('%s', (_title, executor, wanted) => {
  expect(executorAccount(executor)).toMatchObject(wanted);
});

test('a service account is a user with three groups', () => {
  expect(userOf(account)).toBe('system:serviceaccount:ns:sa');
  expect(groupsOf(account)).toEqual(['system:serviceaccounts', 'system:authenticated', 'system:serviceaccounts:ns']);
});
