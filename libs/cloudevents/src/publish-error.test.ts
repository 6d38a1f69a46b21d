import { describe, expect, test } from '@jest/globals';
import { KubeError, type KubeErrorCode } from '@ocm/kube';
import { dataTypes } from './event-type.ts';
import { errorOfPublish, publishError, tunnelledMessage } from './publish-error.ts';

const published = { dataType: dataTypes.managedCluster, name: 'cluster1' };

describe('errors on their way through gRPC', () => {
  test.each<[KubeErrorCode, number]>([
    ['not-found', 404],
    ['exists', 409],
    ['conflict', 409],
    ['forbidden', 403],
    ['unauthorized', 401],
    ['invalid', 422],
    ['bad-request', 400],
    ['gone', 410],
    ['throttled', 429],
    ['unavailable', 503],
    ['not-served', 404],
  ])('%s arrives as what it was', (code, status) => {
    const text = tunnelledMessage(new KubeError('the reason', { code }), published);
    const arrived = errorOfPublish(text, published);
    expect({ code: arrived.code, status: arrived.status }).toEqual({ code, status });
    expect(arrived.message).toContain('the reason');
  });

  test('the message is JSON with ErrStatus, a Status with details', () => {
    const error = new KubeError('no', { code: 'throttled', status: 429, retryAfterMs: 1500 });
    expect(JSON.parse(tunnelledMessage(error, published))).toEqual({
      ErrStatus: {
        metadata: {},
        status: 'Failure',
        message: 'no',
        reason: 'TooManyRequests',
        details: {
          name: 'cluster1',
          group: 'cluster.open-cluster-management.io',
          kind: 'managedclusters',
          retryAfterSeconds: 2,
        },
        code: 429,
      },
    });
    expect(errorOfPublish(tunnelledMessage(error, published), published).retryAfterMs).toBe(2000);
  });

  test.each([
    '{}',
    '',
    'plain text',
    '{"ErrStatus":null}',
    '{"ErrStatus":{}}',
    '{"ErrStatus":',
    '{"ErrStatus":{"code":"404"}}',
    '[]',
  ])('%j is a PublishError that may be tried again', (text) => {
    const error = errorOfPublish(text, published);
    expect(error).toMatchObject({ code: 'unavailable', status: 500, reason: 'PublishError' });
    expect(error.message).toBe(`Failed to publish resource cluster1: ${text}`);
  });

  test('keeps its cause', () => {
    const cause = new Error('socket');
    expect(publishError('x', published, cause).cause).toBe(cause);
  });
});
