import { describe, expect, test } from '@jest/globals';
import { errorOfRefusal, retryAfterMs, statusError } from './status-error.ts';

function refusal(status: number, body: object | string, headers = {}): Parameters<typeof errorOfRefusal>[1] {
  return { status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) };
}

function status(over: object): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', ...over };
}

describe('errorOfRefusal', () => {
  test.each([
    [400, status({ reason: 'BadRequest' }), 'bad-request'],
    [401, status({ reason: 'Unauthorized' }), 'unauthorized'],
    [403, status({ reason: 'Forbidden' }), 'forbidden'],
    [404, status({ reason: 'NotFound', details: { name: 'c1', kind: 'managedclusters' } }), 'not-found'],
    [404, status({ reason: 'NotFound', details: { name: 'ns', kind: 'namespaces' } }), 'not-found'],
    [404, status({ reason: 'NotFound', details: {} }), 'not-served'],
    [404, '404 page not found\n', 'not-served'],
    [404, '<html>no such host</html>', 'unavailable'],
    [404, '', 'unavailable'],
    [405, status({ reason: 'MethodNotAllowed' }), 'bad-request'],
    [409, status({ reason: 'AlreadyExists' }), 'exists'],
    [409, status({ reason: 'Conflict' }), 'conflict'],
    [410, status({ reason: 'Expired' }), 'gone'],
    [422, status({ reason: 'Invalid' }), 'invalid'],
    [429, status({ reason: 'TooManyRequests' }), 'throttled'],
    [418, 'teapot', 'bad-request'],
    [500, status({ reason: 'InternalError' }), 'unavailable'],
    [502, '<html>bad gateway</html>', 'unavailable'],
    [503, '', 'unavailable'],
  ])('%i %j is %s', (code, body, expected) => {
    expect(errorOfRefusal('doing it', refusal(code, body))).toMatchObject({ code: expected, status: code });
  });

  test('the message says what was done to what, and what the server said', () => {
    const body = status({ reason: 'Forbidden', message: 'not you' });
    const error = errorOfRefusal('patching status of pods "a"', refusal(403, body));
    expect(error.message).toBe('patching status of pods "a": the server refused: 403 Forbidden: not you');
    expect(error.reason).toBe('Forbidden');
  });

  test('a long page of a proxy is not quoted as a whole', () => {
    expect(errorOfRefusal('doing it', refusal(502, 'x'.repeat(10_000))).message.length).toBeLessThan(600);
  });

  test('what is known about our credential is said when that was refused', () => {
    const note = 'the client certificate expired at 2026-01-01T00:00:00.000Z';
    const body = status({ reason: 'Unauthorized', message: 'Unauthorized' });
    expect(errorOfRefusal('doing it', refusal(401, body), note).message).toMatch(
      /401 Unauthorized: Unauthorized \(the client/,
    );
    expect(errorOfRefusal('doing it', refusal(403, body), note).message).not.toContain('expired');
  });

  test.each([
    [{ 'retry-after': '2' }, {}, 2000],
    [{}, { details: { retryAfterSeconds: 3 } }, 3000],
    [{ 'retry-after': '2' }, { details: { retryAfterSeconds: 3 } }, 2000],
    [{ 'retry-after': '3600' }, {}, 60_000],
    [{}, { details: { retryAfterSeconds: 3600 } }, 60_000],
    [{}, { details: { retryAfterSeconds: -1 } }, 0],
    [{}, { details: { retryAfterSeconds: 'soon' } }, undefined],
    [{}, {}, undefined],
  ])('Retry-After %j with body %j is %s ms', (headers, body, expected) => {
    expect(errorOfRefusal('doing it', refusal(429, status(body), headers)).retryAfterMs).toBe(expected);
  });
});

test('a Status in an event has its own code', () => {
  const body = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' } as const;
  expect(statusError('watching pods', body)).toMatchObject({
    code: 'gone',
    status: 410,
    message: 'watching pods: the server refused: 410 Expired: too old resource version',
  });
});

test.each([
  ['59', 59_000],
  ['61', 60_000],
  ['9'.repeat(20), 60_000],
  ['Sat, 31 Jan 2026 09:00:10 GMT', 10_000],
  ['Sat, 31 Jan 2026 08:00:00 GMT', 0],
  ['Sat, 31 Jan 2026 10:00:00 GMT', 60_000],
  ['soon', undefined],
])('Retry-After: %s', (value, expected) => {
  expect(retryAfterMs({ 'retry-after': value }, new Date('2026-01-31T09:00:00Z'))).toBe(expected);
});
