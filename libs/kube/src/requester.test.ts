import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServerHttp2Stream } from 'node:http2';
import { ConfigMap, Lease } from '@ocm/api';
import { until } from '@ocm/testing';
import { type ManualClock, manualClock, settled } from '../test/manual-clock.ts';
import { recordingMetrics } from '../test/recording-metrics.ts';
import { kubeconfigFor, type ScriptedServer, startScriptedServer } from '../test/scripted-server.ts';
import { createTestPki, type TestPki } from '../test/tls-server.ts';
import type { ConnectOptions, KubeClient } from './client.ts';
import { connect } from './connect.ts';

const A = { namespace: 'default', name: 'a' };
const { signal } = new AbortController();
let pki: TestPki;
let ended = new AbortController();
beforeAll(async () => {
  pki = await createTestPki();
});
afterEach(() => {
  ended.abort(new Error('the test is over'));
  ended = new AbortController();
});

function clientOf(server: ScriptedServer, options: Partial<ConnectOptions> = {}): Promise<KubeClient> {
  const source = { kind: 'text', text: kubeconfigFor(server.url, pki), directory: '/' } as const;
  return connect(source, { userAgent: 'test', signal: ended.signal, random: () => 0, ...options });
}

async function problemOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
}

/** Advances in steps until the promise has settled: answers take real time. */
async function settle<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const outcome = promise.then(
    () => true,
    () => true,
  );
  await until(
    async () => {
      await clock.advance(1000);
      return Promise.race([outcome, settled().then(() => false)]);
    },
    { describe: 'the request has an answer' },
  );
  return promise;
}

const throttled = { status: 429, headers: { 'retry-after': '3' }, body: { kind: 'Status', reason: 'TooManyRequests' } };

/** Without a body: the whole answer is one frame. */
function refuse(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 429, 'retry-after': '3' }, { endStream: true });
}

describe('a server that asks to be left alone', () => {
  test('gets the request again after that time, the others wait, leases do not', async () => {
    await using server = await startScriptedServer(pki, (_request, count) => (count === 1 ? refuse : {}));
    const clock = manualClock();
    const metrics = recordingMetrics();
    const client = await clientOf(server, { clock, metrics });
    const first = client.kind(ConfigMap).get(A, { signal });
    await until(() => metrics.told.includes('request GET 429'), { describe: 'the server has refused' });
    await settled();
    const second = client.kind(ConfigMap).get({ ...A, name: 'b' }, { signal });
    await client.kind(Lease).get(A, { signal });
    expect(server.requests).toHaveLength(2);
    await clock.advance(2999);
    expect(server.requests).toHaveLength(2);
    await clock.advance(1);
    await Promise.all([first, second]);
    expect(server.requests).toHaveLength(4);
  });

  test('is asked five more times, not for ever', async () => {
    await using server = await startScriptedServer(pki, () => throttled);
    const clock = manualClock();
    const client = await clientOf(server, { clock });
    const problem = await problemOf(settle(clock, client.kind(ConfigMap).get(A, { signal })));
    expect(problem).toMatchObject({ code: 'throttled', retryAfterMs: 3000 });
    expect(server.requests).toHaveLength(6);
  });

  test('for longer than 30 s is left to the caller', async () => {
    const forLong = { ...throttled, headers: { 'retry-after': '31' } };
    await using server = await startScriptedServer(pki, () => forLong);
    const client = await clientOf(server);
    const problem = await problemOf(client.kind(ConfigMap).get(A, { signal }));
    expect(problem).toMatchObject({ code: 'throttled', retryAfterMs: 31_000 });
  });

  test('for an hour, as a proxy in maintenance does, is asked again within 75 s', async () => {
    const maintenance = { status: 503, headers: { 'retry-after': '3600' } };
    await using server = await startScriptedServer(pki, (_request, count) => (count === 1 ? maintenance : {}));
    const clock = manualClock();
    const client = await clientOf(server, { clock, random: () => 1 });
    const problem = await problemOf(client.kind(ConfigMap).get(A, { signal }));
    expect(problem).toMatchObject({ code: 'unavailable', retryAfterMs: 60_000 });
    const second = client.kind(ConfigMap).get(A, { signal });
    await clock.advance(74_999);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    await second;
  });

  test.each([500, 503])('with %i gets what can be repeated again, but no creation', async (status) => {
    const busy = { status, headers: { 'retry-after': '1' } };
    await using server = await startScriptedServer(pki, (_request, count) => (count === 1 ? busy : {}));
    const clock = manualClock();
    const client = await clientOf(server, { clock });
    await settle(clock, client.kind(ConfigMap).get(A, { signal }));
    expect(server.requests).toHaveLength(2);
    await using other = await startScriptedServer(pki, () => busy);
    const configMaps = (await clientOf(other)).kind(ConfigMap);
    const problem = await problemOf(configMaps.create({ metadata: { generateName: 'a', namespace: 'b' } }, { signal }));
    expect(problem).toMatchObject({ code: 'unavailable', status, retryAfterMs: 1000 });
    expect(other.requests).toHaveLength(1);
  });

  test('is an answer for whoever sends raw requests', async () => {
    await using server = await startScriptedServer(pki, () => throttled);
    const client = await clientOf(server);
    expect((await client.request({ method: 'GET', path: '/api', signal })).status).toBe(429);
    expect(server.requests).toHaveLength(1);
  });

  test('and refuses a watch with words keeps no stream taken by them', async () => {
    await using server = await startScriptedServer(
      pki,
      ({ path }, count) => {
        if (!path.includes('watch=')) return { body: { kind: 'ConfigMap' } };
        if (count === 1) return { ...throttled, headers: { 'retry-after': '0' } };
        return (stream) => stream.respond({ ':status': 200 });
      },
      { settings: { maxConcurrentStreams: 2 } },
    );
    const client = await clientOf(server);
    const watch = client.kind(ConfigMap).watch({ resourceVersion: '1', signal: ended.signal });
    const next = problemOf(watch[Symbol.asyncIterator]().next());
    await until(() => server.requests.length === 2, { describe: 'the watch is open' });
    await client.kind(ConfigMap).get(A, { signal });
    expect(server.sessions).toHaveLength(1);
    ended.abort(new Error('enough'));
    await next;
  });

  test('a fired signal ends the waiting', async () => {
    await using server = await startScriptedServer(pki, () => throttled);
    const client = await clientOf(server);
    const stop = new AbortController();
    const first = problemOf(client.kind(ConfigMap).get(A, { signal: stop.signal }));
    await until(() => server.requests.length === 1, { describe: 'the request has arrived' });
    stop.abort(new Error('enough'));
    expect(await first).toBe(stop.signal.reason);
  });
});

describe('a connection that is lost', () => {
  test('while a GET waits for its answer: it is sent again', async () => {
    await using server = await startScriptedServer(pki, (_request, count) => {
      return count === 1 ? (stream) => stream.session?.destroy() : { body: { kind: 'ConfigMap' } };
    });
    const client = await clientOf(server);
    expect(await client.kind(ConfigMap).get(A, { signal })).toMatchObject({ kind: 'ConfigMap' });
    expect(server.sessions).toHaveLength(2);
  });

  test('in the middle of the answer to a GET: it is sent again', async () => {
    await using server = await startScriptedServer(pki, (_request, count) => {
      if (count > 1) return { body: { kind: 'ConfigMap' } };
      return (stream) => {
        stream.respond({ ':status': 200 });
        stream.write('{"kind":"Conf', () => stream.session?.destroy());
      };
    });
    const client = await clientOf(server);
    expect(await client.kind(ConfigMap).get(A, { signal })).toMatchObject({ kind: 'ConfigMap' });
  });

  test('twice: the caller is told', async () => {
    await using server = await startScriptedServer(pki, () => (stream) => stream.session?.destroy());
    const client = await clientOf(server);
    const problem = await problemOf(client.kind(ConfigMap).get(A, { signal }));
    expect(problem).toMatchObject({ code: 'unavailable' });
    expect(String(problem)).toMatch(/getting configmaps "default\/a": lost the connection to https:/);
    expect(server.requests).toHaveLength(2);
  });

  test('under a write: nobody knows whether it was done, so it is not sent again', async () => {
    await using server = await startScriptedServer(pki, () => (stream) => stream.session?.destroy());
    const client = await clientOf(server);
    const problem = await problemOf(client.kind(ConfigMap).mergePatch(A, {}, { signal }));
    expect(problem).toMatchObject({ code: 'unavailable' });
    expect(server.requests).toHaveLength(1);
  });

  test('before the server looked at a write: it is sent again', async () => {
    await using server = await startScriptedServer(pki, (_request, count) => {
      return count === 1 ? (stream) => stream.close(7) : { body: {} };
    });
    const client = await clientOf(server);
    await client.kind(ConfigMap).mergePatch(A, {}, { signal });
    expect(server.requests).toHaveLength(2);
  });
});

describe('time', () => {
  test('a request without an answer ends after 60 s', async () => {
    await using server = await startScriptedServer(pki, () => () => undefined);
    const clock = manualClock();
    const client = await clientOf(server, { clock });
    const problem = problemOf(client.kind(ConfigMap).get(A, { signal }));
    await until(() => server.requests.length === 1, { describe: 'the request has arrived' });
    const waiting = clock.timers;
    for (let second = 0; second < 60; second += 10) {
      await clock.advance(10_000);
      // The answers to pings take real time.
      await until(() => clock.timers <= waiting, { describe: 'the ping was answered' });
    }
    expect(await problem).toMatchObject({
      code: 'unavailable',
      message: 'getting configmaps "default/a": no answer within 60000 ms',
    });
  });

  test('the time of a raw request is its own', async () => {
    await using server = await startScriptedServer(pki, () => () => undefined);
    const client = await clientOf(server);
    const problem = await problemOf(client.request({ method: 'GET', path: '/livez', timeoutMs: 50, signal }));
    expect(problem).toMatchObject({ code: 'unavailable', message: 'GET /livez: no answer within 50 ms' });
  });
});

describe('the end of a client', () => {
  test('by its signal rejects what is under way with the reason', async () => {
    await using server = await startScriptedServer(pki, () => () => undefined);
    const client = await clientOf(server);
    const problem = problemOf(client.kind(ConfigMap).get(A, { signal }));
    await until(() => server.requests.length === 1, { describe: 'the request has arrived' });
    const reason = new Error('stopped');
    ended.abort(reason);
    expect(await problem).toBe(reason);
    expect(await problemOf(client.kind(ConfigMap).get(A, { signal }))).toBe(reason);
  });

  test('by close says so, and closes the connection', async () => {
    await using server = await startScriptedServer(pki, () => () => undefined);
    const client = await clientOf(server);
    const problem = problemOf(client.kind(ConfigMap).get(A, { signal }));
    await until(() => server.requests.length === 1, { describe: 'the request has arrived' });
    await client.close();
    expect(await problem).toMatchObject({ code: 'unavailable', message: /is closed$/ });
    await until(() => server.sessions[0]?.destroyed, { describe: 'the server has lost the connection' });
  });
});

test('every attempt is counted, and what has no answer is an error', async () => {
  await using server = await startScriptedServer(pki, (_request, count) => {
    return count === 1 ? (stream) => stream.session?.destroy() : { status: 404 };
  });
  const metrics = recordingMetrics();
  const client = await clientOf(server, { metrics });
  await problemOf(client.kind(ConfigMap).get(A, { signal }));
  expect(metrics.told).toEqual(['request GET error', 'request GET 404']);
});
