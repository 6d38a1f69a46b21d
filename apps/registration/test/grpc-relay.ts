import {
  ChannelCredentials,
  Client,
  Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import type { KeyAndCertificate } from '@ocm/pki';

const SERVICE = '/io.cloudevents.v1.CloudEventService';
const HEARTBEAT = 'io.open-cluster-management.cloudevents.heartbeat';

/** Passes calls on as somebody with a certificate; swallows heartbeats when told. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  swallowsHeartbeats: boolean;
  /** Subscriptions that came so far. */
  readonly subscriptions: number;
  /** Heartbeats that were passed on. */
  readonly heartbeats: number;
}

export async function startRelay(options: {
  readonly upstream: string;
  readonly caPem: string;
  readonly serving: KeyAndCertificate;
  readonly client: KeyAndCertificate;
}): Promise<Relay> {
  const { upstream, caPem, serving, client } = options;
  const credentials = ChannelCredentials.createSsl(
    Buffer.from(caPem),
    Buffer.from(client.privateKeyPem),
    Buffer.from(client.certificatePem),
  );
  const channel = new Client(upstream, credentials);
  const state = { swallowsHeartbeats: false, subscriptions: 0, heartbeats: 0 };
  const server = new Server();
  server.addService(definition, {
    Publish(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) {
      channel.makeUnaryRequest(`${SERVICE}/Publish`, asIs, asIs, call.request, new Metadata(), {}, answer);
    },
    Subscribe(call: ServerWritableStream<Buffer, Buffer>) {
      state.subscriptions += 1;
      const stream = channel.makeServerStreamRequest(`${SERVICE}/Subscribe`, asIs, asIs, call.request, new Metadata());
      stream.on('metadata', (metadata) => call.sendMetadata(metadata));
      stream.on('data', (message: Buffer) => {
        const isHeartbeat = message.includes(HEARTBEAT);
        if (isHeartbeat && state.swallowsHeartbeats) return;
        if (isHeartbeat) state.heartbeats += 1;
        call.write(message);
      });
      stream.on('error', (error: ServiceError) => call.emit('error', error));
      stream.on('end', () => call.end());
      call.on('cancelled', () => stream.cancel());
    },
  });
  const pair = { cert_chain: Buffer.from(serving.certificatePem), private_key: Buffer.from(serving.privateKeyPem) };
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]), (error, at) =>
      error === null ? resolve(at) : reject(error),
    );
  });
  return Object.assign(state, {
    port,
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
      channel.close();
    },
  });
}

const wire = { requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs };
const definition = {
  Publish: { path: `${SERVICE}/Publish`, requestStream: false, responseStream: false, ...wire },
  Subscribe: { path: `${SERVICE}/Subscribe`, requestStream: false, responseStream: true, ...wire },
};

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
