import { connect } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

export type Protocol = 'http/1.1' | 'h2';

export interface Tls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

interface Head {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Readable;
}

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly json: { readonly [key: string]: unknown };
}

export interface Watch {
  /** Events so far. */
  readonly events: readonly {
    readonly type: string;
    readonly object: { readonly metadata?: { readonly name?: string } };
  }[];
  readonly state: () => 'open' | 'ended' | 'broken';
  close(): void;
}

/** A bare client of one protocol over one connection, so that tests see what the proxy does and not what a library hides. */
export interface ProtocolClient {
  send(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  watch(path: string, headers?: Record<string, string>): Promise<Watch>;
  close(): void;
}

export function protocolClient(protocol: Protocol, url: string, tls: Tls): ProtocolClient {
  const connection = protocol === 'h2' ? http2(url, tls) : http1(url, tls);
  return {
    async send(method, path, { body, headers = {} } = {}) {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await connection.open(method, path, { headers: { 'content-type': type, ...headers }, text });
      const chunks: Buffer[] = [];
      for await (const chunk of answer.body) chunks.push(chunk as Buffer);
      const read = Buffer.concat(chunks).toString();
      return { ...answer, json: (read.startsWith('{') ? JSON.parse(read) : { text: read }) as Answer['json'] };
    },
    async watch(path, headers = {}) {
      const { status, body } = await connection.open('GET', path, { headers, text: undefined });
      if (status !== 200) throw new Error(`watch: HTTP ${status}`);
      return readWatch(body);
    },
    close: () => connection.close(),
  };
}

function readWatch(body: Readable): Watch {
  const events: Watch['events'][number][] = [];
  let state: ReturnType<Watch['state']> = 'open';
  let rest = '';
  body.setEncoding('utf8');
  body.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.map((line) => JSON.parse(line) as Watch['events'][number]));
  });
  body.on('error', () => undefined);
  // Of a connection that breaks, HTTP/2 in Node says no more than the code with which the stream was closed.
  const isWhole = (): boolean => ('rstCode' in body ? body.rstCode === 0 : (body as IncomingMessage).complete);
  body.on('close', () => (state = isWhole() ? 'ended' : 'broken'));
  return { events, state: () => state, close: () => body.destroy() };
}

type Open = (
  method: string,
  path: string,
  what: { headers: Record<string, string>; text: string | undefined },
) => Promise<Head>;

function http1(url: string, tls: Tls): { open: Open; close(): void } {
  const agent = new Agent({ keepAlive: true, ...tls });
  const open: Open = (method, path, { headers, text }) =>
    new Promise((resolve, reject) => {
      const sent = httpsRequest(new URL(path, url), { agent, method, headers });
      sent.on('error', reject);
      sent.on('response', (body) => resolve({ status: body.statusCode ?? 0, headers: body.headers, body }));
      sent.end(text);
    });
  return { open, close: () => agent.destroy() };
}

function http2(url: string, tls: Tls): { open: Open; close(): void } {
  const start = () => connect(url, tls).on('error', () => undefined);
  let session = start();
  const open: Open = (method, path, { headers, text }) =>
    new Promise((resolve, reject) => {
      if (session.closed || session.destroyed) session = start();
      const stream = session.request(
        { ':method': method, ':path': path, ...headers },
        { endStream: text === undefined },
      );
      stream.on('error', reject);
      stream.on('close', () => reject(new Error('closed without an answer')));
      stream.on('response', (answer) => resolve({ status: answer[':status'] ?? 0, headers: answer, body: stream }));
      if (text !== undefined) stream.end(text);
    });
  return { open, close: () => session.destroy() };
}
