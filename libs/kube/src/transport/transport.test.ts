import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { createServer as createTlsServer } from 'node:tls';
import { until } from '@ocm/testing';
import { manualClock } from '../../test/manual-clock.ts';
import {
  createTestPki,
  endpointOf,
  listening,
  startHttp1Server,
  startHttp2Server,
  startRelay,
  type TestPki,
} from '../../test/tls-server.ts';
import { systemClock } from '../clock.ts';
import type { Endpoint } from '../kubeconfig/endpoint.ts';
import { chunksOf } from './body.ts';
import { dial } from './dial.ts';
import { Http2Connection } from './http2-connection.ts';
import { Transport } from './transport.ts';
import { RequestFailure, type WireRequest, type WireResponse } from './wire.ts';

let pki: TestPki;
let transports: Transport[] = [];
beforeAll(async () => {
  pki = await createTestPki();
});
afterEach(() => {
  for (const transport of transports) transport.destroy(new Error('the test is over'));
  transports = [];
});

function transportTo(endpoint: Endpoint, clock = systemClock): Transport {
  const transport = new Transport(endpoint, clock);
  transports.push(transport);
  return transport;
}

function aRequest(over: Partial<WireRequest> = {}): WireRequest {
  return { method: 'GET', path: '/', headers: {}, streaming: false, signal: new AbortController().signal, ...over };
}

async function textOf({ body }: WireResponse): Promise<string> {
  return Buffer.concat(await Array.fromAsync(chunksOf(body))).toString();
}

/** Answers with the path. */
function echo(stream: ServerHttp2Stream, headers: { readonly ':path'?: string | undefined }): void {
  stream.respond({ ':status': 200 });
  stream.end(headers[':path']);
}

async function failureOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => new Error('there was an answer'),
    (error: unknown) => error,
  );
}

describe('one session', () => {
  test('carries all requests, and the path of the server goes before theirs', async () => {
    await using server = await startHttp2Server(pki, echo);
    const transport = transportTo(endpointOf(new URL('/clusters/c1/', server.url), pki));
    const answers = await Promise.all([1, 2, 3].map((n) => transport.send(aRequest({ path: `/api?n=${n}` }))));
    expect(await Promise.all(answers.map(textOf))).toEqual([1, 2, 3].map((n) => `/clusters/c1/api?n=${n}`));
    expect(answers.map((answer) => answer.outcome())).toEqual(['complete', 'complete', 'complete']);
    expect(server.sessions).toHaveLength(1);
  });

  test('sends the body', async () => {
    await using server = await startHttp2Server(pki, (stream) => {
      stream.respond({ ':status': 201 });
      stream.pipe(stream);
    });
    const answer = await transportTo(endpointOf(server.url, pki)).send(aRequest({ method: 'POST', body: 'päck' }));
    expect([answer.status, await textOf(answer)]).toEqual([201, 'päck']);
  });

  test('is joined by another one when its streams are taken', async () => {
    const open: ServerHttp2Stream[] = [];
    await using server = await startHttp2Server(pki, (stream) => open.push(stream), {
      settings: { maxConcurrentStreams: 2 },
    });
    const transport = transportTo(endpointOf(server.url, pki));
    const answers = Array.from({ length: 5 }, () => transport.send(aRequest()));
    await until(() => open.length === 5, { describe: 'all five requests have arrived' });
    expect(server.sessions).toHaveLength(3);
    for (const stream of open) stream.respond({ ':status': 204 }, { endStream: true });
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
  });
});

describe('streams do not get in the way of each other:', () => {
  const LARGE = Buffer.alloc(4 * 1024 * 1024);
  const largeOrEcho: typeof echo = (stream, headers) => {
    if (headers[':path'] !== '/large') return echo(stream, headers);
    stream.respond({ ':status': 200 });
    stream.end(LARGE);
  };

  test('answers that nobody reads hold up no other one', async () => {
    await using server = await startHttp2Server(pki, largeOrEcho, { maxSessionMemory: 1000 });
    const transport = transportTo(endpointOf(server.url, pki));
    const large = () => transport.send(aRequest({ path: '/large', streaming: true }));
    await Promise.all(Array.from({ length: 20 }, large));
    expect(await textOf(await transport.send(aRequest({ path: '/small' })))).toBe('/small');
    expect(server.sessions).toHaveLength(1);
  });

  test.each(['h2', 'http/1.1'])(
    'an answer over %s that was there before anybody read it is whole',
    async (protocol) => {
      await using server =
        protocol === 'h2'
          ? await startHttp2Server(pki, echo)
          : await startHttp1Server(pki, (request, response) => response.end(request.url));
      await using relay = await startRelay(server.url);
      const answer = await transportTo(endpointOf(relay.url, pki)).send(aRequest({ path: '/early', streaming: true }));
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      expect([await textOf(answer), answer.outcome()]).toEqual(['/early', 'complete']);
    },
  );

  test.each(['h2', 'http/1.1'])('a stream over %s that is silent ends when its signal fires', async (protocol) => {
    await using server =
      protocol === 'h2'
        ? await startHttp2Server(pki, (stream) => stream.respond({ ':status': 200 }))
        : await startHttp1Server(pki, (_request, response) => response.writeHead(200).flushHeaders());
    const stop = new AbortController();
    const request = aRequest({ streaming: true, signal: stop.signal });
    const { body } = await transportTo(endpointOf(server.url, pki)).send(request);
    const end = chunksOf(body).next();
    stop.abort(new Error('nothing heard'));
    expect((await end).done).toBe(true);
  });
});

describe('a session that ends', () => {
  test('after GOAWAY, what runs comes to its end and the next request takes another session', async () => {
    const open: ServerHttp2Stream[] = [];
    await using server = await startHttp2Server(pki, (stream) => open.push(stream));
    const transport = transportTo(endpointOf(server.url, pki));
    const first = transport.send(aRequest());
    await until(() => open.length === 1, { describe: 'the first request has arrived' });
    server.sessions[0]?.close();
    await until(() => server.sessions[0]?.closed, { describe: 'the server has said goodbye' });
    // It may still take the old session, and is refused there.
    const second = transport.send(aRequest()).catch(() => transport.send(aRequest()));
    await until(() => open.length === 2, { describe: 'the second request has arrived' });
    for (const stream of open) stream.respond({ ':status': 204 }, { endStream: true });
    expect([(await first).status, (await second).status]).toEqual([204, 204]);
    expect(server.sessions).toHaveLength(2);
  });

  test('a refused stream is told from a lost one', async () => {
    await using server = await startHttp2Server(pki, (stream, headers) => {
      if (headers[':path'] === '/refuse') stream.close(7);
      else stream.session?.destroy();
    });
    const transport = transportTo(endpointOf(server.url, pki));
    expect(await failureOf(transport.send(aRequest({ path: '/refuse' })))).toMatchObject({ kind: 'refused' });
    expect(await failureOf(transport.send(aRequest({ path: '/lose' })))).toMatchObject({ kind: 'broken' });
  });

  test.each([
    ['the connection breaks', (stream: ServerHttp2Stream) => stream.session?.destroy()],
    ['the server fails', (stream: ServerHttp2Stream) => stream.destroy(new Error('in the middle'))],
  ])('a body is known to be cut off when %s', async (_title, cut) => {
    await using server = await startHttp2Server(pki, (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('{"items":[', () => cut(stream));
    });
    const answer = await transportTo(endpointOf(server.url, pki)).send(aRequest());
    await textOf(answer);
    expect(answer.outcome()).toBe('broken');
  });

  test('a peer that went silent is noticed within 30 s', async () => {
    await using server = await startHttp2Server(pki, (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('first');
    });
    await using relay = await startRelay(server.url);
    const clock = manualClock();
    const transport = transportTo(endpointOf(relay.url, pki), clock);
    const answer = await transport.send(aRequest({ streaming: true }));
    const chunks = chunksOf(answer.body);
    expect((await chunks.next()).value?.toString()).toBe('first');
    relay.freeze();
    const end = chunks.next();
    await clock.advance(30_000);
    expect((await end).done).toBe(true);
    expect(answer.outcome()).toBe('broken');
    expect(answer.cause().message).toBe('the server did not answer a ping within 10000 ms');
  });

  test('a quiet one is kept as long as it answers pings', async () => {
    const open: ServerHttp2Stream[] = [];
    await using server = await startHttp2Server(pki, (stream) => {
      open.push(stream);
      stream.respond({ ':status': 200 });
      stream.write('first');
    });
    let pings = 0;
    const clock = manualClock();
    const answer = await transportTo(endpointOf(server.url, pki), clock).send(aRequest({ streaming: true }));
    server.sessions[0]?.on('ping', () => (pings += 1));
    const chunks = chunksOf(answer.body);
    await chunks.next();
    for (let round = 1; round <= 4; round += 1) {
      await clock.advance(20_000);
      await until(() => pings === round, { describe: 'a ping has arrived' });
      // Its time-out is cancelled before the clock moves on.
      await until(() => clock.timers === 1, { describe: 'the ping was answered' });
    }
    open[0]?.end('last');
    expect((await chunks.next()).value?.toString()).toBe('last');
    await chunks.next();
    expect(answer.outcome()).toBe('complete');
  });
});

describe('giving up', () => {
  test('a fired signal rejects at once with its reason, and the server is told', async () => {
    const closed: number[] = [];
    await using server = await startHttp2Server(pki, (stream) => {
      stream.once('close', () => closed.push(stream.rstCode));
    });
    const transport = transportTo(endpointOf(server.url, pki));
    const stop = new AbortController();
    const answer = transport.send(aRequest({ signal: stop.signal }));
    await until(() => server.sessions.length === 1, { describe: 'the connection is open' });
    const reason = new Error('enough');
    setImmediate(() => stop.abort(reason));
    expect(await failureOf(answer)).toBe(reason);
    await until(() => closed.length === 1 || server.sessions[0]?.destroyed, { describe: 'the stream is closed' });
  });

  test('a signal that has fired already is obeyed also where there is a connection', async () => {
    const asked: string[] = [];
    await using server = await startHttp2Server(pki, (stream, headers) => {
      asked.push(headers[':path'] ?? '');
      if (headers[':path'] === '/first') echo(stream, headers);
    });
    const transport = transportTo(endpointOf(server.url, pki));
    await textOf(await transport.send(aRequest({ path: '/first' })));
    const reason = new Error('enough');
    expect(await failureOf(transport.send(aRequest({ path: '/second', signal: AbortSignal.abort(reason) })))).toBe(
      reason,
    );
    expect(asked).toEqual(['/first']);
  });

  test('a body that nobody wants any more is cancelled at the server', async () => {
    const closed: number[] = [];
    await using server = await startHttp2Server(pki, (stream) => {
      stream.once('close', () => closed.push(stream.rstCode));
      stream.respond({ ':status': 200 });
      stream.write('first');
    });
    const answer = await transportTo(endpointOf(server.url, pki)).send(aRequest({ streaming: true }));
    for await (const chunk of chunksOf(answer.body)) {
      expect(chunk.toString()).toBe('first');
      break;
    }
    await until(() => closed.length === 1, { describe: 'the stream is closed' });
  });
});

describe('retire', () => {
  test('ends streams, lets ordinary answers come, opens nothing for them', async () => {
    const open = new Map<string, ServerHttp2Stream>();
    await using server = await startHttp2Server(pki, (stream, headers) => {
      open.set(headers[':path'] ?? '', stream);
      if (headers[':path'] !== '/watch') return;
      stream.respond({ ':status': 200 });
      stream.write('first');
    });
    const transport = transportTo(endpointOf(server.url, pki));
    const watch = await transport.send(aRequest({ path: '/watch', streaming: true }));
    const chunks = chunksOf(watch.body);
    expect((await chunks.next()).value?.toString()).toBe('first');
    const ordinary = transport.send(aRequest({ path: '/slow' }));
    await until(() => open.size === 2, { describe: 'both requests have arrived' });
    transport.retire();
    expect((await chunks.next()).done).toBe(true);
    expect(watch.outcome()).toBe('retired');
    open.get('/slow')?.respond({ ':status': 200 });
    open.get('/slow')?.end('slow');
    expect(await textOf(await ordinary)).toBe('slow');
    await until(() => server.sessions[0]?.destroyed, { describe: 'the session is closed' });
    expect(server.sessions).toHaveLength(1);
  });
});

describe('without HTTP/2', () => {
  test('connections are kept and used again', async () => {
    await using server = await startHttp1Server(pki, (request, response) => response.end(request.url));
    await using relay = await startRelay(server.url);
    const transport = transportTo(endpointOf(relay.url, pki));
    for (const path of ['/a', '/b', '/c']) {
      const answer = await transport.send(aRequest({ path }));
      expect([await textOf(answer), answer.outcome()]).toEqual([path, 'complete']);
    }
    expect(relay.connections).toBe(1);
    const answers = await Promise.all(['/a', '/b'].map((path) => transport.send(aRequest({ path }))));
    expect(await Promise.all(answers.map(textOf))).toEqual(['/a', '/b']);
    expect(relay.connections).toBe(2);
  });

  test('http:// works', async () => {
    const plain = createServer((request, response) => {
      response.writeHead(418, { 'x-user-agent': request.headers['user-agent'] });
      request.pipe(response);
    });
    await using server = await listening(plain, 'http');
    const transport = transportTo({ ...endpointOf(server.url, pki), tls: undefined });
    const answer = await transport.send(aRequest({ method: 'PUT', headers: { 'user-agent': 'me' }, body: 'x' }));
    expect([answer.status, answer.headers['x-user-agent'], await textOf(answer)]).toEqual([418, 'me', 'x']);
  });

  test('a cut-off body, a lost request, a given-up request and a retired stream are told apart', async () => {
    await using server = await startHttp1Server(pki, (request, response) => {
      if (request.url === '/lose') response.destroy();
      if (request.url === '/cut') response.write('first', () => response.destroy());
      if (request.url === '/watch') response.write('first');
    });
    const transport = transportTo(endpointOf(server.url, pki));
    expect(await failureOf(transport.send(aRequest({ path: '/lose' })))).toMatchObject({ kind: 'broken' });
    const cut = await transport.send(aRequest({ path: '/cut' }));
    await textOf(cut);
    expect(cut.outcome()).toBe('broken');
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 20);
    const hanging = transport.send(aRequest({ path: '/hang', signal: stop.signal }));
    expect(await failureOf(hanging)).toBe(stop.signal.reason);
    const watch = await transport.send(aRequest({ path: '/watch', streaming: true }));
    transport.retire();
    await textOf(watch);
    expect(watch.outcome()).toBe('retired');
  });
});

describe('no connection', () => {
  test('a closed port', async () => {
    const server = await startHttp2Server(pki, echo);
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const failure = await failureOf(transportTo(endpointOf(url, pki)).send(aRequest()));
    expect(failure).toBeInstanceOf(RequestFailure);
    expect(failure).toMatchObject({ kind: 'unreachable', cause: { code: 'ECONNREFUSED' } });
  });

  test('a certificate of another authority', async () => {
    await using server = await startHttp2Server(pki, echo);
    const failure = await failureOf(transportTo(endpointOf(server.url, await createTestPki())).send(aRequest()));
    expect(failure).toMatchObject({ kind: 'unreachable' });
  });

  test('a certificate for another name, unless that name is asked for, or none', async () => {
    await using server = await startHttp2Server(pki, echo);
    const send = (over: object): Promise<WireResponse> =>
      transportTo(endpointOf(server.url, pki, over)).send(aRequest({ path: '/x' }));
    const failure = await failureOf(send({ serverName: 'other.test' }));
    expect(failure).toMatchObject({ kind: 'unreachable', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
    expect(await textOf(await send({ serverName: 'api.test' }))).toBe('/x');
    expect(await textOf(await send({ serverName: 'other.test', insecure: true }))).toBe('/x');
  });

  test('a client certificate that the server turns down', async () => {
    const options = { requestCert: true, rejectUnauthorized: true, ca: pki.ca.certificatePem };
    await using server = await startHttp2Server(pki, echo, options);
    const other = await createTestPki();
    const { certificatePem: cert, privateKeyPem: key } = await other.client('me');
    const failure = await failureOf(transportTo(endpointOf(server.url, pki, { cert, key })).send(aRequest()));
    expect(failure).toMatchObject({ kind: 'unreachable' });
    const mine = await pki.client('me');
    const good = { cert: mine.certificatePem, key: mine.privateKeyPem };
    expect((await transportTo(endpointOf(server.url, pki, good)).send(aRequest())).status).toBe(200);
  });

  test('a server that takes HTTP/2 and then says nothing, or that TLS gives up on', async () => {
    const mute = createTlsServer({
      cert: pki.serving.certificatePem,
      key: pki.serving.privateKeyPem,
      ALPNProtocols: ['h2'],
    });
    await using server = await listening(mute, 'https');
    const open = async (): Promise<Parameters<typeof Http2Connection.open>[0]> => {
      return (await dial(endpointOf(server.url, pki), ['h2'], new AbortController().signal)).socket;
    };
    const clock = manualClock();
    const silent = failureOf(Http2Connection.open(await open(), { server: server.url, clock }));
    await clock.advance(10_000);
    expect(await silent).toMatchObject({ message: 'no HTTP/2 settings within 10000 ms' });
    // An alert after the handshake arrives as an error of the socket, which stays open.
    const socket = await open();
    const refused = Http2Connection.open(socket, { server: server.url, clock });
    const alert = new Error('tlsv1 alert unknown ca');
    socket.emit('error', alert);
    expect(await failureOf(refused)).toBe(alert);
  });

  test('the next request tries again', async () => {
    await using server = await startHttp2Server(pki, echo);
    await using relay = await startRelay(server.url);
    const transport = transportTo(endpointOf(relay.url, pki));
    relay.refusing = true;
    expect(await failureOf(transport.send(aRequest()))).toMatchObject({ kind: 'unreachable' });
    relay.refusing = false;
    expect((await transport.send(aRequest())).status).toBe(200);
  });
});
