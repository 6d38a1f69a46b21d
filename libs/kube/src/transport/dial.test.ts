import { beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  createTestPki,
  endpointOf,
  listening,
  type OnStream,
  startHttp2Server,
  type TestPki,
  type TestServer,
} from '../../test/tls-server.ts';
import { systemClock } from '../clock.ts';
import type { Endpoint } from '../kubeconfig/endpoint.ts';
import { dial } from './dial.ts';
import { Transport } from './transport.ts';

const { signal } = new AbortController();
let pki: TestPki;
beforeAll(async () => {
  pki = await createTestPki();
});

const answer: OnStream = (stream) => stream.respond({ ':status': 204 }, { endStream: true });

/** A proxy that keeps what it was asked for, as `authority authorization`. */
function tunnelling(server: Server, asked: string[]): Server {
  return server.on('connect', (request: IncomingMessage, client: Duplex) => {
    const { url = '', headers } = request;
    asked.push(`${url} ${headers['proxy-authorization'] ?? '-'}`);
    const upstream = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
}

/** A proxy that answers everything so. */
function saying(text: string): TcpServer {
  return createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(text)));
}

async function statusThrough(proxy: URL, server: TestServer): Promise<number> {
  const transport = new Transport({ ...endpointOf(server.url, pki), proxy }, systemClock);
  try {
    return (await transport.send({ method: 'GET', path: '/', headers: {}, streaming: false, signal })).status;
  } finally {
    transport.destroy(new Error('the test is over'));
  }
}

describe('a proxy', () => {
  test('is asked for a tunnel to the server, in which TLS and HTTP/2 go on', async () => {
    await using server = await startHttp2Server(pki, answer);
    const asked: string[] = [];
    await using proxy = await listening(tunnelling(createServer(), asked), 'http');
    expect(await statusThrough(proxy.url, server)).toBe(204);
    expect(asked).toEqual([`${server.url.host} -`]);
    expect(server.sessions).toHaveLength(1);
  });

  test('gets the credentials of its URL', async () => {
    await using server = await startHttp2Server(pki, answer);
    const asked: string[] = [];
    await using proxy = await listening(tunnelling(createServer(), asked), 'http');
    await statusThrough(new URL(proxy.url.href.replace('//', '//user:p%40ss%20w@')), server);
    expect(asked).toEqual([`${server.url.host} Basic ${Buffer.from('user:p@ss w').toString('base64')}`]);
  });

  test('may speak TLS, with a certificate of the authority of the kubeconfig', async () => {
    await using server = await startHttp2Server(pki, answer);
    const asked: string[] = [];
    const secure = createHttpsServer({ cert: pki.serving.certificatePem, key: pki.serving.privateKeyPem });
    await using proxy = await listening(tunnelling(secure, asked), 'https');
    expect(await statusThrough(proxy.url, server)).toBe(204);
    const other = { ...endpointOf(server.url, await createTestPki()), proxy: proxy.url };
    await expect(dial(other, ['h2'], signal)).rejects.toThrow(`proxy ${proxy.url.host}: `);
  });

  test.each([
    [
      'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n',
      /^proxy .*: answered CONNECT hub:6443 with "HTTP\/1\.1 407 Proxy/,
    ],
    ['SSH-2.0-OpenSSH_9.6\r\n\r\n', /answered CONNECT hub:6443 with "SSH-2\.0-OpenSSH_9\.6"/],
    ['', /the connection was closed before it was open/],
    [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, /answered with too long a head/],
  ])('that answers %j is named, its password is not', async (text, message) => {
    await using proxy = await listening(saying(text), 'http');
    const withPassword = new URL(proxy.url.href.replace('//', '//user:s3cret@'));
    const endpoint: Endpoint = { ...endpointOf(new URL('https://hub:6443'), pki), proxy: withPassword };
    const error: unknown = await dial(endpoint, ['h2'], signal).catch((error: unknown) => error);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('s3cret');
  });
});

test('a fired signal ends an attempt to connect', async () => {
  await using mute = await listening(createTcpServer(), 'https');
  const stop = new AbortController();
  const dialling = dial(endpointOf(mute.url, pki), ['h2'], stop.signal);
  stop.abort(new Error('enough'));
  await expect(dialling).rejects.toMatchObject({ cause: stop.signal.reason });
  await expect(dial(endpointOf(mute.url, pki), ['h2'], stop.signal)).rejects.toMatchObject({
    cause: stop.signal.reason,
  });
});
