import { Agent, request } from 'node:https';

/** Credentials and address for the raw client. */
export interface RawTarget {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** The floor that our figures are compared with: keep-alive connections, nothing cached, nothing parsed that is not asked for. */
export interface RawClient {
  /** Sends one request and returns the body as text; a PATCH is a merge patch. Throws on any status but 2xx. */
  send(method: string, path: string, body?: unknown): Promise<string>;
  /** Counts the lines of a watch until `expected` have come; resolves with the milliseconds from the first to the last. */
  watch(path: string, expected: number): Promise<number>;
  close(): void;
}

/** How many requests are in flight at once. */
const RAW_CONNECTIONS = 16;

export function rawClient({ url, ca, cert, key }: RawTarget): RawClient {
  const agent = new Agent({ keepAlive: true, maxSockets: RAW_CONNECTIONS, ca, cert, key });
  return {
    send(method, path, body) {
      const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const payload = body === undefined ? undefined : JSON.stringify(body);
      return new Promise((resolve, reject) => {
        const call = request(
          new URL(path, url),
          { method, agent, headers: { 'content-type': contentType } },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.on('error', reject);
            answer.on('end', () => {
              const text = Buffer.concat(chunks).toString('utf8');
              if (answer.statusCode !== undefined && answer.statusCode < 300) resolve(text);
              else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`));
            });
          },
        );
        call.on('error', reject);
        call.end(payload);
      });
    },
    watch(path, expected) {
      return new Promise((resolve, reject) => {
        const call = request(new URL(path, url), { agent }, (answer) => {
          let first: number | undefined;
          let lines = 0;
          answer.on('error', reject);
          answer.on('data', (chunk: Buffer) => {
            first ??= performance.now();
            for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
            if (lines < expected) return;
            resolve(performance.now() - first);
            answer.destroy();
          });
        });
        call.on('error', reject);
        call.end();
      });
    },
    close: () => agent.destroy(),
  };
}

/** Runs a job for each item, `RAW_CONNECTIONS` at once; resolves when all are done. */
export async function inParallel<T>(items: readonly T[], job: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await job(item);
  };
  await Promise.all(Array.from({ length: RAW_CONNECTIONS }, lane));
}
