import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which Linux and macOS take the local ports of outgoing connections, so that one that is free now is
// still free when the program binds it a moment later, and again after a restart.
const FIRST = 15_000;
const LAST = 32_000;
const ATTEMPTS = 5;
/** Those that were given out, which may not be listened on yet, or found taken. */
const given = new Set<number>();

/** Thrown by the attempt given to `retryOnTakenPort` when another process was faster. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

/** A TCP port of 127.0.0.1 that nobody listens on, another one each time. Another process can still be faster: see `retryOnTakenPort`. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(FIRST, LAST);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST} on 127.0.0.1`);
}

/** Runs the attempt again, up to five times in all, as long as it throws PortTakenError. */
export async function retryOnTakenPort<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PortTakenError) || count === ATTEMPTS) throw error;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
