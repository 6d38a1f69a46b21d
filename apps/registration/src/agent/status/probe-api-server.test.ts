import { expect, test } from '@jest/globals';
import { KubeError, type RawRequest, type RawResponse } from '@ocm/kube';
import { probeApiServer } from './probe-api-server.ts';

const { signal } = new AbortController();

function server(answers: Record<string, number>): { request(request: RawRequest): Promise<RawResponse> } {
  return {
    request: ({ path }) => Promise.resolve({ status: answers[path] ?? 500, headers: {}, body: `body of ${path}` }),
  };
}

test.each([
  { livez: 200, healthz: 500 },
  { livez: 404, healthz: 200 },
  { livez: 403, healthz: 200 },
])('[registration 37] /livez $livez and /healthz $healthz is healthy', async ({ livez, healthz }) => {
  await expect(probeApiServer(server({ '/livez': livez, '/healthz': healthz }), signal)).resolves.toEqual({
    kind: 'healthy',
  });
});

test.each([
  { livez: 500, healthz: 200, code: 500, text: 'body of /livez' },
  { livez: 404, healthz: 403, code: 403, text: 'body of /healthz' },
])('[registration 37] /livez $livez and /healthz $healthz is not', async ({ livez, healthz, code, text }) => {
  await expect(probeApiServer(server({ '/livez': livez, '/healthz': healthz }), signal)).resolves.toEqual({
    kind: 'unhealthy',
    code,
    text,
  });
});

test('no answer is unhealthy with status code 0', async () => {
  const silent = { request: () => Promise.reject(new KubeError('connection refused', { code: 'unavailable' })) };
  await expect(probeApiServer(silent, signal)).resolves.toEqual({
    kind: 'unhealthy',
    code: 0,
    text: 'connection refused',
  });
});

test('a fault of our own is not the fault of the API server', async () => {
  const broken = { request: () => Promise.reject(new TypeError('bug')) };
  await expect(probeApiServer(broken, signal)).rejects.toThrow('bug');
});
