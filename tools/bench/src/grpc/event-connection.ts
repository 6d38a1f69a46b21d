import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import type { RawTarget } from '../raw-client.ts';
import { messageSplitter, subscription } from './event-bytes.ts';

const SERVICE = '/io.cloudevents.v1.CloudEventService';
const WINDOW_BYTES = 1024 * 1024;
const OK = '0';

/** A call that the server ended with another code than OK, or that its connection ended. */
class CallError extends Error {
  override readonly name = 'CallError';
}

/** One HTTP/2 connection to a server of events, as cheap as it gets: no library of gRPC, no objects but what is asked for. */
export interface EventConnection {
  /** Resolves when the server has admitted the stream. */
  subscribe(cluster: string, dataType: string, take: (message: Buffer) => void): Promise<void>;
  /** Publishes a framed request; resolves when the server has answered OK. */
  publish(request: Buffer): Promise<void>;
  /** Breaks the connection. */
  destroy(): void;
  readonly lost: Loss;
}

/** The end of a connection, or of a stream that was admitted on it. */
export interface Loss {
  readonly promise: Promise<void>;
  readonly signal: AbortSignal;
  /** What was said; empty before. */
  readonly reason: string;
}

/** Opens a connection; calls wait until it is up. */
export function openConnection({ url, ca, cert, key }: RawTarget): EventConnection {
  const session = connect(url, { ca, cert, key, minVersion: 'TLSv1.3', maxSessionMemory: 1000 });
  const { loss, lose } = newLoss();
  session.on('connect', () => session.setLocalWindowSize(WINDOW_BYTES));
  session.on('error', (error) => lose(String(error)));
  session.on('close', () => lose('closed'));
  session.on('goaway', () => session.destroy());
  return {
    lost: loss,
    destroy: () => session.destroy(),
    async subscribe(cluster, dataType, take) {
      const stream = call(session, 'Subscribe', subscription(cluster, dataType));
      const admission = Promise.withResolvers<'admitted'>();
      stream.on('response', (headers) => {
        if (headers['subscription-id'] !== undefined) admission.resolve('admitted');
      });
      stream.on('data', messageSplitter(take));
      const end = endOf(stream);
      const outcome = await Promise.race([admission.promise, end]);
      if (outcome !== 'admitted') throw refusal(outcome);
      void loseAtEnd(end, lose);
    },
    async publish(request) {
      const stream = call(session, 'Publish', request);
      stream.resume();
      const end = await endOf(stream);
      if (end.code !== OK) throw refusal(end);
    },
  };
}

function newLoss(): { readonly loss: Loss; readonly lose: (reason: string) => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const controller = new AbortController();
  const lose = (reason: string): void => {
    controller.abort(reason);
    resolve();
  };
  const { signal } = controller;
  return {
    loss: {
      promise,
      signal,
      get reason() {
        return String(signal.reason ?? '');
      },
    },
    lose,
  };
}

async function loseAtEnd(end: Promise<CallEnd>, lose: (reason: string) => void): Promise<void> {
  const { code, text } = await end;
  lose(`a stream ended with code ${code} ${text}`);
}

function call(session: ClientHttp2Session, method: string, request: Buffer): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': `${SERVICE}/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(request);
  return stream;
}

function refusal({ code, text }: CallEnd): CallError {
  return new CallError(`code ${code}: ${text}`);
}

interface CallEnd {
  /** `none` when the connection broke. */
  readonly code: string;
  readonly text: string;
}

function endOf(stream: ClientHttp2Stream): Promise<CallEnd> {
  return new Promise((resolve) => {
    let seen: IncomingHttpHeaders = {};
    const note = (headers: IncomingHttpHeaders): void => {
      if (headers['grpc-status'] !== undefined) seen = headers;
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('error', () => undefined);
    stream.on('close', () => {
      const { 'grpc-status': code = 'none', 'grpc-message': text = '' } = seen;
      resolve({ code: String(code), text: decodeURIComponent(String(text)) });
    });
  });
}
