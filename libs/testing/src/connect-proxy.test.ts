import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestAuthority } from './certificates.ts';
import { startConnectProxy } from './connect-proxy.ts';

const target = createServer((_request, response) => response.end('reached'));
let host = '';
beforeAll(async () => {
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  host = `127.0.0.1:${(target.address() as AddressInfo).port}`;
});
afterAll(() => {
  target.closeAllConnections();
  target.close();
});

/** Status of the CONNECT, and the tunnel. */
async function connectTo(proxy: string, options: { ca?: string; path?: string; authorization?: string } = {}) {
  const { ca, path = host, authorization } = options;
  const headers = authorization === undefined ? {} : { 'proxy-authorization': authorization };
  const request = proxy.startsWith('https') ? httpsRequest : httpRequest;
  const sent = request(proxy, { method: 'CONNECT', path, headers, ...(ca === undefined ? {} : { ca }) }).end();
  const [answer, socket] = (await once(sent, 'connect')) as [{ statusCode: number }, Socket];
  return { status: answer.statusCode, socket };
}

async function getThrough(socket: Socket): Promise<string> {
  const sent = httpRequest({ createConnection: () => socket, path: '/' }).end();
  const [answer] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
  let text = '';
  for await (const chunk of answer) text += chunk.toString();
  return text;
}

test.each(['http', 'https'] as const)('an %s proxy opens a tunnel and remembers it', async (kind) => {
  const ca = await createTestAuthority('proxy');
  await using proxy = await startConnectProxy(kind === 'https' ? { ca } : {});
  const { status, socket } = await connectTo(proxy.url, { ca: ca.certificatePem });
  expect([new URL(proxy.url).protocol, status]).toEqual([`${kind}:`, 200]);
  expect(await getThrough(socket)).toBe('reached');
  expect(proxy.tunnels).toEqual([host]);
});

test('a proxy with credentials refuses others', async () => {
  await using proxy = await startConnectProxy({ credentials: 'user:secret' });
  const wrong = await connectTo(proxy.url, { authorization: `Basic ${btoa('user:wrong')}` });
  const right = await connectTo(proxy.url, { authorization: `Basic ${btoa('user:secret')}` });
  wrong.socket.destroy();
  right.socket.destroy();
  expect([wrong.status, right.status, proxy.refused, proxy.tunnels]).toEqual([407, 200, 1, [host]]);
});

test('a target that nobody serves is a bad gateway', async () => {
  await using proxy = await startConnectProxy();
  const { status, socket } = await connectTo(proxy.url, { path: '127.0.0.1:1' });
  socket.destroy();
  expect(status).toBe(502);
});

test('dropped tunnels break', async () => {
  await using proxy = await startConnectProxy();
  const { socket } = await connectTo(proxy.url);
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  proxy.dropTunnels();
  await closed;
  expect(socket.destroyed).toBe(true);
});
