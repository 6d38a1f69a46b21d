import { expect, test } from '@jest/globals';
import { answerTo } from './token-request-service.ts';

test('[cloudevents-grpc 51] the answer has the id of the request, its place, and the token', () => {
  const request = { metadata: { name: 'sa', namespace: 'cluster1', uid: 'request-1' }, spec: { audiences: [] } };
  const status = { token: 't', expirationTimestamp: '2026-01-01T00:00:00Z' };
  const issued = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: 'sa', namespace: 'cluster1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { audiences: ['hub'], expirationSeconds: 3600 },
    status,
  };
  expect(answerTo(request, issued)).toEqual({ metadata: request.metadata, spec: issued.spec, status });
});
