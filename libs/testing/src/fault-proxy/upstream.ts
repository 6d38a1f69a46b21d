import { connect, type ClientHttp2Session, constants, type IncomingHttpHeaders } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { KeyAndCertificate } from '@ocm/pki';

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Readable | undefined;
  /** Ends the request and its answer. */
  readonly signal: AbortSignal;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  /** Whether the body, once read to its end, was all of it. A broken HTTP/2 connection looks like an end. */
  readonly isComplete: () => boolean;
}

/** A way to the API server that lasts as long as one client's connection. */
export interface Upstream {
  send(request: UpstreamRequest): Promise<UpstreamAnswer>;
  close(): void;
}

export interface UpstreamOptions {
  readonly url: string;
  readonly caPem: string;
  /** Certificate of the front proxy; without it the API server takes only a bearer token from the headers. */
  readonly front: KeyAndCertificate | undefined;
  readonly protocol: 'http/1.1' | 'h2';
}

export function openUpstream({ url, caPem, front, protocol }: UpstreamOptions): Upstream {
  const tls = { ca: caPem, ...(front === undefined ? {} : { cert: front.certificatePem, key: front.privateKeyPem }) };
  return protocol === 'h2' ? openHttp2(url, tls) : openHttp1(url, tls);
}

type Tls = { readonly ca: string; readonly cert?: string; readonly key?: string };

function openHttp1(url: string, tls: Tls): Upstream {
  const agent = new Agent({ keepAlive: true, ...tls });
  return {
    send: ({ method, path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const sent = httpsRequest(new URL(path, url), { agent, method, headers, signal });
        sent.on('error', reject);
        sent.on('response', (answer) =>
          resolve({
            status: answer.statusCode ?? 502,
            headers: answer.headers,
            body: answer,
            isComplete: () => answer.complete,
          }),
        );
        if (body === undefined) sent.end();
        else body.pipe(sent);
      }),
    close: () => agent.destroy(),
  };
}

function openHttp2(url: string, tls: Tls): Upstream {
  const { host } = new URL(url);
  let session: ClientHttp2Session | undefined;
  const usable = (): ClientHttp2Session => {
    if (session === undefined || session.closed || session.destroyed) {
      session = connect(url, tls);
      session.on('error', () => undefined); // every stream on it reports the error to its request
    }
    return session;
  };
  return {
    send: ({ method, path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const pseudo = { ':method': method, ':path': path, ':authority': host };
        const stream = usable().request({ ...headers, ...pseudo }, { endStream: body === undefined });
        const abort = (): void => stream.close(constants.NGHTTP2_CANCEL);
        signal.addEventListener('abort', abort, { once: true });
        stream.on('error', reject);
        stream.on('close', () => {
          signal.removeEventListener('abort', abort);
          reject(new Error(`${method} ${path}: the stream was closed without an answer`));
        });
        stream.on('response', (answer) =>
          resolve({
            status: answer[':status'] ?? 502,
            headers: answer,
            body: stream,
            isComplete: () => stream.rstCode === constants.NGHTTP2_NO_ERROR,
          }),
        );
        body?.pipe(stream);
      }),
    close: () => session?.destroy(),
  };
}
