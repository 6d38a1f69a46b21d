import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@ocm/kube';
import { until } from '@ocm/testing';
import { aServingCertificate, temporaryDirectory, writeCertificate } from '../../test/certificate-files.ts';
import { type Answer, httpsGet } from '../../test/https-get.ts';
import { recordedLog } from '../../test/recorded-log.ts';
import type { Listener } from '../serving/open-server.ts';
import { tlsSettings } from '../serving/tls-settings.ts';
import { createWebhookMetrics } from './webhook-metrics.ts';
import { type AdmissionHandler, admissionWebhook, serveWebhooks } from './webhook-server.ts';

const PATH = '/validate-cluster-open-cluster-management-io-v1-managedcluster';

interface Server extends AsyncDisposable {
  readonly listener: Listener;
  readonly directory: string;
  readonly lines: ReturnType<typeof recordedLog>['lines'];
  readonly metrics: () => Promise<string>;
  readonly post: (body: unknown, over?: { path?: string; type?: string }) => Promise<Answer>;
}

async function start(handler: AdmissionHandler): Promise<Server> {
  const directory = await temporaryDirectory();
  await writeCertificate(directory.path, await aServingCertificate('first'));
  const { log, lines } = recordedLog();
  const metrics = createWebhookMetrics([PATH]);
  const listener = await serveWebhooks({
    address: { host: '127.0.0.1', port: 0 },
    tls: {
      settings: tlsSettings('VersionTLS12', []),
      certificate: { directory: directory.path, whenAbsent: 'fail', intervalMs: 5 },
    },
    routes: { [PATH]: admissionWebhook(handler, { log }) },
    metrics,
    clock: systemClock,
    log,
  });
  return {
    listener,
    directory: directory.path,
    lines,
    metrics: () => metrics.source.metrics(),
    post: (body, { path = PATH, type = 'application/json' } = {}) =>
      httpsGet(listener.port, path, {
        method: 'POST',
        headers: { 'content-type': type },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async [Symbol.asyncDispose]() {
      await listener.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

function aReview(over: object = {}): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u1',
      kind: { group: 'cluster.open-cluster-management.io', version: 'v1', kind: 'ManagedCluster' },
      resource: { group: 'cluster.open-cluster-management.io', version: 'v1', resource: 'managedclusters' },
      name: 'c1',
      operation: 'CREATE',
      userInfo: { username: 'ann', groups: ['g'] },
      object: { metadata: { name: 'c1' } },
      ...over,
    },
  };
}

test('the handler sees the request, the API server gets its verdict', async () => {
  await using server = await start(({ name, userInfo }) => ({
    kind: 'deny',
    code: 403,
    message: `user "${userInfo.username}" cannot update the HubAcceptsClient field of ${name}`,
  }));
  const { status, body } = await server.post(aReview(), { path: `${PATH}?timeout=10s` });
  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: 'u1',
      allowed: false,
      status: {
        status: 'Failure',
        code: 403,
        reason: 'Forbidden',
        message: 'user "ann" cannot update the HubAcceptsClient field of c1',
        metadata: {},
      },
    },
  });
});

test('the handler gets the text as it was sent, and names such as __proto__ are data', async () => {
  const texts: string[] = [];
  const names: string[] = [];
  await using server = await start(({ object }, _signal, text) => {
    texts.push(text);
    names.push(...Object.keys({ ...object }));
    return { kind: 'allow' };
  });
  const body = JSON.stringify(aReview()).replace('"object":{', '"object":{ "__proto__" : {"n": 1.0}, ');
  expect((await server.post(body)).status).toBe(200);
  expect(texts).toEqual([body]);
  expect(names).toContain('__proto__');
});

test('a request under way is answered before the server closes', async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const server = await start(async (_request, signal) => {
    begun.resolve();
    await go.promise;
    return signal.aborted ? { kind: 'deny', code: 400, message: 'cut off' } : { kind: 'allow' };
  });
  const answer = server.post(aReview());
  await begun.promise;
  const closed = server[Symbol.asyncDispose]();
  go.resolve();
  expect(JSON.parse((await answer).body)).toMatchObject({ response: { allowed: true } });
  await closed;
});

describe('fails closed', () => {
  test('a handler that throws refuses the request and shows nothing of its inside', async () => {
    await using server = await start(() => Promise.reject(new Error('database at 10.0.0.1 is down')));
    const { status, body } = await server.post(aReview());
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      response: { uid: 'u1', allowed: false, status: { code: 500, message: 'internal error' } },
    });
    expect(server.lines()).toMatchObject([
      { level: 'error', operation: 'CREATE', name: 'c1', error: { message: 'database at 10.0.0.1 is down' } },
    ]);
  });

  test.each([
    { what: 'no JSON', body: '{', over: {}, status: 400 },
    { what: 'another JSON', body: { kind: 'Pod' }, over: {}, status: 400 },
    { what: 'an object without metadata', body: aReview({ object: {} }), over: {}, status: 400 },
    { what: 'another type', body: 'a: b', over: { type: 'application/yaml' }, status: 415 },
    { what: 'another path', body: aReview(), over: { path: '/other' }, status: 404 },
    { what: 'more than 7 MiB', body: JSON.stringify('x'.repeat(7 * 1024 * 1024)), over: {}, status: 413 },
  ])('$what is an HTTP error $status', async ({ body, over, status }) => {
    let asked = false;
    await using server = await start(() => {
      asked = true;
      return { kind: 'allow' };
    });
    const answer = await server.post(body, over).catch((error: unknown) => error);
    // A body that is cut off may break the connection before the answer arrives: refused as well.
    if (!(answer instanceof Error)) expect(answer).toMatchObject({ status });
    expect(asked).toBe(false);
  });
});

test('the certificate is replaced while requests go on', async () => {
  await using server = await start(() => ({ kind: 'allow' }));
  expect((await server.post(aReview())).certificate.subject.CN).toBe('first');
  await writeCertificate(server.directory, await aServingCertificate('second'));
  const answer = await until(
    async () => {
      const next = await server.post(aReview());
      return next.certificate.subject.CN === 'second' && next;
    },
    { describe: 'the second certificate is shown' },
  );
  expect(answer.status).toBe(200);
});

test('without a certificate it does not start', async () => {
  const { log } = recordedLog();
  const starting = serveWebhooks({
    address: { host: '127.0.0.1', port: 0 },
    tls: { settings: tlsSettings(undefined, []), certificate: { directory: '/nowhere', whenAbsent: 'fail' } },
    routes: {},
    metrics: createWebhookMetrics([]),
    clock: systemClock,
    log,
  });
  await expect(starting).rejects.toThrow('/nowhere/tls.crt does not exist');
});

test('[registration 24] requests, their latency and those under way are counted by path', async () => {
  const waiting = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await using server = await start(async () => {
    begun.resolve();
    await waiting.promise;
    return { kind: 'allow' };
  });
  expect(await server.metrics()).toContain(`controller_runtime_webhook_requests_total{webhook="${PATH}",code="200"} 0`);
  const answer = server.post(aReview());
  await begun.promise;
  expect(await server.metrics()).toContain(`controller_runtime_webhook_requests_in_flight{webhook="${PATH}"} 1`);
  waiting.resolve();
  await answer;
  await server.post('{');
  const text = await until(
    async () => {
      const seen = await server.metrics();
      return seen.includes(`controller_runtime_webhook_requests_in_flight{webhook="${PATH}"} 0`) && seen;
    },
    { describe: 'nothing is under way' },
  );
  expect(text).toContain(`controller_runtime_webhook_requests_total{webhook="${PATH}",code="200"} 1`);
  expect(text).toContain(`controller_runtime_webhook_requests_total{webhook="${PATH}",code="400"} 1`);
  expect(text).toContain(`controller_runtime_webhook_latency_seconds_count{webhook="${PATH}"} 2`);
});

test('the handler is told when the API server gives up waiting', async () => {
  await using server = await start(
    (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  );
  const { body } = await server.post(aReview(), { path: `${PATH}?timeout=1s` });
  expect(JSON.parse(body)).toMatchObject({ response: { allowed: false } });
});
