import { describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { type CloudEvent, dataTypes, extensions, stringAttribute } from '@ocm/cloudevents';
import { KubeError } from '@ocm/kube';
import { codeName, sendable, statusOfFailure } from './call-status.ts';
import { RefusedError } from './event-service.ts';

function anEvent(over: { metadata?: string; data?: string } = {}): CloudEvent {
  const { metadata, data = '{}' } = over;
  const named = metadata === undefined ? [] : [[extensions.metadata, stringAttribute(metadata)] as const];
  return { id: 'e', source: 's', type: 't', extensions: new Map(named), data: Buffer.from(data) };
}

const notFound = new KubeError('no lease "l1"', { code: 'not-found', status: 404, reason: 'NotFound' });

describe('the status of a failure', () => {
  test.each([
    ['its metadata', anEvent({ metadata: '{"name":"w1"}' }), 'w1'],
    ['its payload', anEvent({ data: '{"metadata":{"name":"l1"}}' }), 'l1'],
    ['nothing that can be read', anEvent({ data: 'x' }), ''],
    ['null', anEvent({ data: 'null' }), ''],
    ['a name that is none', anEvent({ data: '{"metadata":{"name":7}}' }), ''],
  ])('[cloudevents-grpc 71] an error of the hub travels whole, with the name from %s', (_what, event, name) => {
    const { code, details } = statusOfFailure(notFound, event, dataTypes.lease);
    expect(code).toBe(status.FAILED_PRECONDITION);
    expect(JSON.parse(details)).toEqual({
      ErrStatus: {
        metadata: {},
        status: 'Failure',
        message: 'no lease "l1"',
        reason: 'NotFound',
        details: { name, group: 'coordination.k8s.io', kind: 'leases' },
        code: 404,
      },
    });
  });

  test('[cloudevents-grpc 71] a very long error is still a whole one', () => {
    const long = new KubeError('x'.repeat(1_000_000), { code: 'invalid', status: 422, reason: 'Invalid' });
    const sent = sendable(statusOfFailure(long, anEvent(), dataTypes.lease));
    expect(sent.details.length).toBeLessThan(16_384);
    expect(JSON.parse(sent.details)).toMatchObject({ ErrStatus: { code: 422, reason: 'Invalid' } });
  });

  test.each([
    [new RefusedError('invalid-argument', 'a'), status.INVALID_ARGUMENT, 'a'],
    [new RefusedError('permission-denied', 'b'), status.PERMISSION_DENIED, 'b'],
    [new RefusedError('failed-precondition', 'c'), status.FAILED_PRECONDITION, 'c'],
    [new Error('d'), status.FAILED_PRECONDITION, 'd'],
  ])('[cloudevents-grpc 71] %s', (error, code, details) => {
    expect(statusOfFailure(error, anEvent(), dataTypes.lease)).toEqual({ code, details });
  });
});

test('what cannot be written into a header is replaced', () => {
  const { details } = sendable({ code: status.INTERNAL, details: 'a\ud800b' });
  expect(() => encodeURI(details)).not.toThrow();
  expect(details).toBe('a\ufffdb');
});

test.each([
  [status.OK, 'OK'],
  [status.CANCELLED, 'Canceled'],
  [status.INVALID_ARGUMENT, 'InvalidArgument'],
  [status.UNAUTHENTICATED, 'Unauthenticated'],
])('code %i is named %s, as Go has it', (code, name) => {
  expect(codeName(code)).toBe(name);
});
