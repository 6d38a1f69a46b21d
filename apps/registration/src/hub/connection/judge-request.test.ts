import { expect, test } from '@jest/globals';
import { judgeRequest } from './judge-request.ts';

test.each([
  ['kubernetes.io/kube-apiserver-client', 'Is kube-controller-manager running'],
  ['open-cluster-management.io/grpc', 'Is grpc among --enabled-registration-drivers'],
  ['example.com/other', 'no controller signs example.com/other.'],
])('an approved request that %s does not sign says who should', (signerName, says) => {
  const problem = judgeRequest({
    metadata: { name: 'c1-x' },
    spec: { request: '', signerName },
    status: { conditions: [{ type: 'Approved', status: 'True' }] },
  });
  expect(problem).toMatchObject({ reason: 'SignerAbsent', message: expect.stringContaining(says) });
});

test.each([
  {
    username: 'system:serviceaccount:ocm:bootstrap',
    says: 'c1-x, made by "system:serviceaccount:ocm:bootstrap", waits',
  },
  { username: 'two\nlines', says: 'c1-x, made by "two\\nlines", waits' },
  { username: undefined, says: 'c1-x waits' },
])('a request that waits names who has made it: $username', ({ username, says }) => {
  const problem = judgeRequest({
    metadata: { name: 'c1-x' },
    spec: { request: '', signerName: 'kubernetes.io/kube-apiserver-client', ...(username ? { username } : {}) },
  });
  expect(problem?.message).toBe(`The certificate request ${says} for approval: kubectl certificate approve c1-x`);
});
