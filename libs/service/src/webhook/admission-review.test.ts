import { describe, expect, test } from '@jest/globals';
import { type AdmissionVerdict, decodeAdmissionReview, encodeAdmissionReview } from './admission-review.ts';

const request = {
  uid: 'u1',
  kind: { group: 'g', version: 'v1', kind: 'K' },
  resource: { group: 'g', version: 'v1', resource: 'ks' },
  operation: 'CREATE',
  userInfo: { username: 'ann' },
  object: { metadata: { name: 'a' } },
  oldObject: null,
};
const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };

describe('decodeAdmissionReview', () => {
  test.each(['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'])('reads %s', (apiVersion) => {
    expect(decodeAdmissionReview({ ...body, apiVersion })).toEqual({
      kind: 'review',
      review: { apiVersion, kind: 'AdmissionReview', request },
    });
  });

  test.each([
    ['a text', 'AdmissionReview', 'the body must be an AdmissionReview'],
    ['nothing', undefined, 'the body must be an AdmissionReview'],
    ['a list', [body], 'the body must be an AdmissionReview'],
    ['another kind', { ...body, kind: 'ConversionReview' }, 'the body must be an AdmissionReview'],
    ['another version', { ...body, apiVersion: 'admission.k8s.io/v2' }, 'apiVersion must be one of'],
    ['no request', { ...body, request: null }, 'request must be an object'],
    ['no uid', { ...body, request: { ...request, uid: '' } }, 'request.uid'],
    ['a new operation', { ...body, request: { ...request, operation: 'PATCH' } }, 'request.operation must be one of'],
    ['no user', { ...body, request: { ...request, userInfo: undefined } }, 'request.userInfo'],
    ['no resource', { ...body, request: { ...request, resource: 'ks' } }, 'request.kind and .resource'],
    ['an object without metadata', { ...body, request: { ...request, object: {} } }, 'request.object must be'],
    ['an old object that is a text', { ...body, request: { ...request, oldObject: 'x' } }, 'request.oldObject must be'],
  ])('%s is malformed', (_what, malformed, problem) => {
    expect(decodeAdmissionReview(malformed)).toEqual({ kind: 'malformed', problem: expect.stringContaining(problem) });
  });
});

describe('encodeAdmissionReview', () => {
  test.each<[AdmissionVerdict, object]>([
    [{ kind: 'allow' }, { allowed: true }],
    [
      { kind: 'allow', warnings: ['old'] },
      { allowed: true, warnings: ['old'] },
    ],
    [{ kind: 'patch', operations: [] }, { allowed: true }],
    [
      { kind: 'patch', operations: [{ op: 'add', path: '/metadata/labels', value: { a: 'ü' } }] },
      {
        allowed: true,
        patchType: 'JSONPatch',
        patch: Buffer.from('[{"op":"add","path":"/metadata/labels","value":{"a":"ü"}}]').toString('base64'),
      },
    ],
    [
      { kind: 'deny', code: 400, message: 'no' },
      { allowed: false, status: { status: 'Failure', code: 400, reason: 'BadRequest', message: 'no', metadata: {} } },
    ],
    [
      { kind: 'deny', code: 403, message: 'no' },
      { allowed: false, status: { status: 'Failure', code: 403, reason: 'Forbidden', message: 'no', metadata: {} } },
    ],
  ])('%j', (verdict, response) => {
    const decoded = decodeAdmissionReview({ ...body, apiVersion: 'admission.k8s.io/v1beta1' });
    if (decoded.kind !== 'review') throw new Error(decoded.problem);
    expect(encodeAdmissionReview(decoded.review, verdict)).toEqual({
      apiVersion: 'admission.k8s.io/v1beta1',
      kind: 'AdmissionReview',
      response: { uid: 'u1', ...response },
    });
  });
});
