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
