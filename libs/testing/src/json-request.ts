import { Agent, request } from 'node:https';

const LONGEST_MS = 30_000;

export interface JsonAnswer {
  readonly status: number;
  /** Parsed JSON, or the text when it is none. */
  readonly body: unknown;
}

/** A keep-alive connection pool with a client certificate. */
export interface JsonClient {
  (method: string, path: string, body?: unknown): Promise<JsonAnswer>;
  close(): void;
}

/** The administrator's requests of this library itself; programs and tests use @ocm/kube. */
export function jsonClient(url: string, tls: { ca: string; cert: string; key: string }): JsonClient {
  const agent = new Agent({ keepAlive: true, ...tls });
  const send = (method: string, path: string, body?: unknown): Promise<JsonAnswer> =>
    new Promise((resolve, reject) => {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const sent = request(new URL(path, url), {
        method,
        agent,
        headers: { 'content-type': type },
        timeout: LONGEST_MS,
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within ${LONGEST_MS} ms`)));
      sent.on('error', reject);
      sent.on('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) }),
        );
      });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return Object.assign(send, { close: () => agent.destroy() });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // /readyz and some proxies' errors are plain text
  }
}
