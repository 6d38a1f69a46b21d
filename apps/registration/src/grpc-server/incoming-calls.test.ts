import { once } from 'node:events';
import { connect, type ClientHttp2Session } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { cloudEventService, type PublishAnswer, type PublishedMessage } from '@ocm/cloudevents';
import { until } from '@ocm/testing';
import type { Connections } from './connections.ts';
import { guardIncomingCalls } from './incoming-calls.ts';

const PATH = '/io.cloudevents.v1.CloudEventService/Publish';
const stopping = new AbortController();
/** Ports of clients. */
const begun: unknown[] = [];
const ended: unknown[] = [];
const ours = new Set<unknown>();

const begin: Connections['begin'] = ({ remotePort }) => {
  if (!ours.has(remotePort)) return undefined;
  begun.push(remotePort);
  return () => void ended.push(remotePort);
};

beforeAll(() => guardIncomingCalls({ begin }, stopping.signal));
afterAll(() => stopping.abort());

/** A connection to a server of grpc-js that answers every publication it gets to see. */
async function aClient({ isGuarded }: { readonly isGuarded: boolean }) {
  const server = new Server();
  const published: number[] = [];
  const publication: handleUnaryCall<PublishedMessage, PublishAnswer> = ({ request }, answer) => {
    published.push(request.bytes);
    answer(null, {});
  };
  server.addService(cloudEventService, { publish: publication });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((socket) => {
    if (isGuarded) ours.add(socket.remotePort);
    injector.injectConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const session = connect(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
  return {
    session,
    published,
    [Symbol.dispose]() {
      session.destroy();
      server.forceShutdown();
      listener.close();
    },
  };
}

/** Publishes one message; returns the code of the answer. */
async function publish(
  session: ClientHttp2Session,
  message: Buffer,
  { encoding, isCompressed }: { readonly encoding?: string; readonly isCompressed: boolean },
): Promise<number> {
  const call = session.request({
    ':method': 'POST',
    ':path': PATH,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(encoding === undefined ? {} : { 'grpc-encoding': encoding }),
  });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(isCompressed ? 1 : 0, 0);
  prefix.writeUInt32BE(message.length, 1);
  call.end(Buffer.concat([prefix, message]));
  call.resume();
  const code = Promise.withResolvers<number>();
  const look = (headers: Readonly<Record<string, unknown>>): void => {
    if (headers['grpc-status'] !== undefined) code.resolve(Number(headers['grpc-status']));
  };
  call.on('response', look).on('trailers', look).on('error', code.reject);
  return code.promise;
}

test.each(['gzip', 'deflate'])(
  'a message that is compressed by %s is refused before it is unpacked',
  async (encoding) => {
    using client = await aClient({ isGuarded: true });
    const bomb = gzipSync(Buffer.alloc(1024 * 1024));
    expect(await publish(client.session, bomb, { encoding, isCompressed: true })).toBe(status.UNIMPLEMENTED);
    expect(client.published).toEqual([]);
  },
);

test.each([undefined, 'identity', 'gzip'])(
  'a message that is not compressed is read, encoding %s',
  async (encoding) => {
    using client = await aClient({ isGuarded: true });
    const options = { ...(encoding === undefined ? {} : { encoding }), isCompressed: false };
    expect(await publish(client.session, Buffer.alloc(0), options)).toBe(status.OK);
    expect(client.published).toEqual([0]);
  },
);

test('other servers of the process go on as they like', async () => {
  using client = await aClient({ isGuarded: false });
  const options = { encoding: 'gzip', isCompressed: true };
  expect(await publish(client.session, gzipSync(Buffer.alloc(0)), options)).toBe(status.OK);
});

test('a call counts from its headers to the end of its stream', async () => {
  using client = await aClient({ isGuarded: true });
  await once(client.session, 'connect');
  const own = (all: readonly unknown[]): number =>
    all.filter((port) => port === client.session.socket.localPort).length;
  const call = client.session.request({ ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc' });
  call.on('error', () => undefined);
  // What comes later on the same connection is seen later.
  await publish(client.session, Buffer.alloc(0), { isCompressed: false });
  expect(own(begun)).toBe(2);
  await until(() => own(ended) === 1, { describe: 'the end of the call that was answered' });
  call.close();
  await until(() => own(ended) === 2, { describe: 'the end of the call that was given up' });
});
