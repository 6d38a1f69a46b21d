import { describe, expect, test } from '@jest/globals';
import { recordedLog } from '../../test/recorded-log.ts';
import type { AccessVerdict } from './access-guard.ts';
import type { PlainRequest } from './http-listener.ts';
import { answerProcessEndpoints } from './process-endpoints.ts';

const source = { contentType: 'text/plain; version=0.0.4', metrics: () => Promise.resolve('up 1\n') };
const signal = new AbortController().signal;

function get(path: string, over: Partial<PlainRequest> = {}): PlainRequest {
  return { method: 'GET', path, query: new URLSearchParams(), authorization: undefined, ...over };
}

describe('health', () => {
  test.each(['/healthz', '/livez', '/readyz'])('%s is open and lists the checks when asked to', async (path) => {
    const answer = answerProcessEndpoints({
      health: [{ name: 'ping', check: () => undefined }],
      log: recordedLog().log,
    });
    expect(await answer(get(path), signal)).toMatchObject({ status: 200, body: 'ok' });
    const verbose = get(path, { query: new URLSearchParams('verbose') });
    expect((await answer(verbose, signal)).body).toContain('[+]ping ok');
  });

  test.each([
    { path: '/healthz', status: 200 },
    { path: '/livez', status: 200 },
    { path: '/readyz', status: 500 },
  ])('a check of readiness counts for $path with $status', async ({ path, status }) => {
    const health = [{ name: 'a', check: () => 'b', readinessOnly: true }];
    const answer = answerProcessEndpoints({ health, log: recordedLog().log });
    expect(await answer(get(path), signal)).toMatchObject({ status });
  });

  test('what is wrong is answered, and logged', async () => {
    const { log, lines } = recordedLog();
    const answer = answerProcessEndpoints({ health: [{ name: 'a', check: () => 'b' }], log });
    expect(await answer(get('/healthz'), signal)).toMatchObject({ status: 500 });
    expect(lines()).toMatchObject([{ level: 'warn', path: '/healthz', checks: [{ name: 'a', reason: 'b' }] }]);
  });
});

test.each([
  { verdict: 'allowed', status: 200 },
  { verdict: 'unauthenticated', status: 401 },
  { verdict: 'forbidden', status: 403 },
] as const)('the version is told to a caller who is allowed: $verdict', async ({ verdict, status }) => {
  const build = {
    major: '1',
    minor: '3',
    gitVersion: 'v1.3.0',
    gitCommit: 'c',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
  };
  const version = { build, guard: () => Promise.resolve(verdict) };
  const answer = await answerProcessEndpoints({ version, log: recordedLog().log })(get('/version'), signal);
  expect(answer.status).toBe(status);
  if (status === 200) expect(JSON.parse(answer.body)).toMatchObject({ ...build, compiler: 'node' });
});

describe('metrics', () => {
  test.each([
    { verdict: 'allowed', status: 200 },
    { verdict: 'unauthenticated', status: 401 },
    { verdict: 'forbidden', status: 403 },
  ] as const)('a caller who is $verdict gets $status', async ({ verdict, status }) => {
    const answer = answerProcessEndpoints({
      metrics: { source, guard: () => Promise.resolve(verdict) },
      log: recordedLog().log,
    });
    const { status: got, body } = await answer(get('/metrics'), signal);
    expect(got).toBe(status);
    expect(body.includes('up 1')).toBe(verdict === 'allowed');
  });

  test.each([
    [undefined, undefined],
    ['Bearer abc', 'abc'],
    ['bearer  abc', 'abc'],
    ['Basic abc', undefined],
    ['Bearer ', undefined],
    ['Bearer a b', undefined],
  ])('of "%s" the guard sees the token %s', async (authorization, want) => {
    const seen: unknown[] = [];
    const guard = (request: object): Promise<AccessVerdict> => {
      seen.push(request);
      return Promise.resolve('forbidden');
    };
    await answerProcessEndpoints({ metrics: { source, guard }, log: recordedLog().log })(
      get('/metrics', { authorization }),
      signal,
    );
    expect(seen).toEqual([{ token: want, path: '/metrics' }]);
  });

  test('an open guard lets everybody read', async () => {
    const answer = answerProcessEndpoints({ metrics: { source, guard: 'open' }, log: recordedLog().log });
    expect(await answer(get('/metrics'), signal)).toEqual({
      status: 200,
      body: 'up 1\n',
      headers: { 'content-type': 'text/plain; version=0.0.4' },
    });
  });

  test('have their bounds as Go prints them', async () => {
    const bucket = { ...source, metrics: () => Promise.resolve('a_bucket{le="0.00001"} 1\n') };
    const answer = answerProcessEndpoints({ metrics: { source: bucket, guard: 'open' }, log: recordedLog().log });
    expect((await answer(get('/metrics'), signal)).body).toBe('a_bucket{le="1e-05"} 1\n');
  });
});

test.each([
  { method: 'GET', path: '/', status: 404 },
  { method: 'GET', path: '/metrics/', status: 404 },
  { method: 'GET', path: '/metrics', status: 404 },
  { method: 'POST', path: '/healthz', status: 405 },
])('$method $path -> $status', async ({ method, path, status }) => {
  const answer = answerProcessEndpoints({ health: [], log: recordedLog().log });
  expect((await answer(get(path, { method }), signal)).status).toBe(status);
});
