import type { IncomingHttpHeaders, SecureServerOptions, ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { KubeconfigUser } from '../src/kubeconfig/kubeconfig.ts';
import { startHttp2Server, type TestPki, type TestServer } from './tls-server.ts';

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** CN of the client certificate. */
  readonly user: string | undefined;
}

/** What to do with a request: answer it, or anything else with its stream. */
export type Reaction =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      readonly gzip?: boolean;
    }
  | ((stream: ServerHttp2Stream) => void);

export interface ScriptedServer extends TestServer {
  readonly requests: readonly SeenRequest[];
}

/** An HTTP/2 server whose every answer the test decides; it asks for a client certificate. */
export async function startScriptedServer(
  pki: TestPki,
  react: (request: SeenRequest, count: number) => Reaction,
  options: SecureServerOptions = {},
): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const onStream = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> => {
    const socket = stream.session?.socket as TLSSocket | undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    const request = {
      method: headers[':method'] ?? '',
      path: headers[':path'] ?? '',
      headers,
      body: Buffer.concat(chunks).toString(),
      user: socket?.getPeerCertificate().subject?.CN?.toString(),
    };
    requests.push(request);
    perform(react(request, requests.length), stream);
  };
  const server = await startHttp2Server(
    pki,
    (stream, headers) => void onStream(stream, headers).catch(() => undefined),
    {
      requestCert: true,
      rejectUnauthorized: false,
      ca: pki.ca.certificatePem,
      ...options,
    },
  );
  return { ...server, requests };
}

function perform(reaction: Reaction, stream: ServerHttp2Stream): void {
  if (typeof reaction === 'function') return reaction(stream);
  const { status = 200, headers = {}, body = {}, gzip = false } = reaction;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  stream.respond({ ':status': status, ...headers, ...(gzip ? { 'content-encoding': 'gzip' } : {}) });
  stream.end(gzip ? gzipSync(text) : text);
}

/** A kubeconfig as JSON, which is YAML. */
export function kubeconfigFor(server: URL, { ca }: Pick<TestPki, 'ca'>, user: KubeconfigUser = {}): string {
  const name = 'test';
  const dashed = Object.entries(user).map(([key, value]) => [
    key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    value,
  ]);
  return JSON.stringify({
    clusters: [
      {
        name,
        cluster: {
          server: server.origin,
          'certificate-authority-data': Buffer.from(ca.certificatePem).toString('base64'),
        },
      },
    ],
    users: [
      {
        name,
        user: { ...Object.fromEntries(dashed), ...(user.tokenFile === undefined ? {} : { tokenFile: user.tokenFile }) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
