import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Connections } from './connections.ts';

/** Node says this of each stream before grpc-js hears of it, with the headers that grpc-js will read. */
const STREAM_CREATED = 'http2.server.stream.created';
const ENCODING = 'grpc-encoding';

interface CreatedStream {
  readonly stream: Pick<ServerHttp2Stream, 'session' | 'once'>;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Looks at each call when nothing but its headers has come, which anybody can send: it counts as one that is not complete, and a message of it
 * that is compressed is refused with `UNIMPLEMENTED`. grpc-js would unpack it before anybody asks who sent it, and a few kilobytes become
 * megabytes; no agent compresses unless it is told to. Other servers of the process are left alone. Until the signal fires.
 */
export function guardIncomingCalls(connections: Pick<Connections, 'begin'>, signal: AbortSignal): void {
  const guard = (message: unknown): void => {
    const { stream, headers } = message as CreatedStream;
    const socket = stream.session?.socket;
    const end = socket && connections.begin(socket);
    if (end === undefined) return;
    stream.once('close', end);
    const encoding = headers[ENCODING];
    if (encoding !== undefined && encoding !== 'identity') headers[ENCODING] = 'refused';
  };
  subscribe(STREAM_CREATED, guard);
  signal.addEventListener('abort', () => unsubscribe(STREAM_CREATED, guard), { once: true });
}
