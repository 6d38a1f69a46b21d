import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import {
  Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';

// The floor: a server of grpc-js that decides nothing. Each publication brings the same message, so many times, to all streams of its connection.
//
//   node raw-event-server.ts PORT CA CERTIFICATE KEY MESSAGE COUNT
const [port = '', ca = '', certificate = '', key = '', message = '', count = ''] = process.argv.slice(2);

const plain = {
  requestStream: false,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
};
const SERVICE = '/io.cloudevents.v1.CloudEventService';
const event = await readFile(message);
const streams = new Map<string, Set<ServerWritableStream<Buffer, Buffer>>>();
const server = new Server();
server.addService(
  {
    publish: { ...plain, path: `${SERVICE}/Publish`, responseStream: false },
    subscribe: { ...plain, path: `${SERVICE}/Subscribe`, responseStream: true },
  },
  {
    publish(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) {
      for (const stream of streams.get(call.getPeer()) ?? []) void send(stream);
      answer(null, Buffer.alloc(0));
    },
    subscribe(stream: ServerWritableStream<Buffer, Buffer>) {
      const metadata = new Metadata();
      metadata.set('subscription-id', randomUUID());
      stream.sendMetadata(metadata);
      const peer = stream.getPeer();
      const own = streams.get(peer) ?? new Set();
      streams.set(peer, own.add(stream));
      stream.on('cancelled', () => own.delete(stream));
    },
  },
);

async function send(stream: ServerWritableStream<Buffer, Buffer>): Promise<void> {
  for (let sent = 0; sent < Number(count); sent += 1) {
    if (!stream.write(event)) await new Promise((resolve) => stream.once('drain', resolve));
  }
}

const pair = { cert_chain: await readFile(certificate), private_key: await readFile(key) };
const credentials = ServerCredentials.createSsl(await readFile(ca), [pair], true);
server.bindAsync(`127.0.0.1:${port}`, credentials, (error) => {
  if (error !== null) throw error;
});
