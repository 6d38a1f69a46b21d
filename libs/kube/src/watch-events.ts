import type { KubeObject } from '@ocm/api';
import { parseExact } from './exact-json.ts';
import { KubeError } from './error.ts';
import type { WatchEvent } from './resource.ts';
import { type Refusal, type Status, statusError } from './status-error.ts';
import { chunksOf } from './transport/body.ts';
import type { WireResponse } from './transport/wire.ts';

const NEWLINE = 10;
// Far above what etcd stores of one object.
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const LONGEST_REFUSAL = 64 * 1024;

/**
 * The events of a watch. Ends when the server does, or when the connection is given up for one with a new credential: in both cases the
 * watch is to be opened again at the last resourceVersion.
 *
 * @param open sends the request; called when the first event is asked for
 * @param doing what is being watched
 * @throws KubeError `gone` and others for an event of type ERROR; `unavailable` when the connection is lost; the signal's reason
 */
export async function* watchEvents<T>(
  open: () => Promise<WireResponse>,
  doing: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  const response = await open();
  for await (const lines of linesOf(chunksOf(response.body))) {
    for (const line of lines) {
      signal.throwIfAborted();
      yield parseWatchEvent<T>(doing, line);
    }
  }
  signal.throwIfAborted();
  if (response.outcome() !== 'broken') return;
  const cause = response.cause();
  throw new KubeError(`${doing}: lost the connection: ${cause.message}`, { code: 'unavailable', cause });
}

/** The whole of an answer that is no stream of events. */
export async function refusalOf({ status, headers, body }: WireResponse): Promise<Refusal> {
  let text = '';
  for await (const chunk of chunksOf(body)) {
    text += chunk.toString();
    if (text.length > LONGEST_REFUSAL) break;
  }
  return { status, headers, text };
}

/**
 * Cuts a body into lines as they come. Only a line that spans several chunks is copied.
 *
 * @throws KubeError `unavailable` when a line is longer than 64 MiB
 */
export async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  let open: Buffer[] = [];
  let openBytes = 0;
  for await (const chunk of body) {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const part = chunk.subarray(start, end);
      lines.push(open.length === 0 ? part.toString() : Buffer.concat([...open, part]).toString());
      if (open.length > 0) open = [];
      openBytes = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      open.push(start === 0 ? chunk : chunk.subarray(start));
      openBytes += chunk.length - start;
    }
    if (openBytes > LONGEST_LINE_BYTES) {
      throw new KubeError(`a line is longer than ${LONGEST_LINE_BYTES} bytes`, { code: 'unavailable' });
    }
    if (lines.length > 0) yield lines;
  }
}

/**
 * One line of a watch.
 *
 * @param doing what is being watched
 * @throws KubeError for an event of type ERROR: `gone` when the resourceVersion is too old
 */
export function parseWatchEvent<T>(doing: string, line: string): WatchEvent<T> {
  const { type, object } = parseLine(doing, line);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: object as T };
    case 'BOOKMARK':
      return parseBookmark(object as KubeObject);
    case 'ERROR':
      throw statusError(doing, object as Status);
    default:
      throw new KubeError(`${doing}: unknown event "${String(type)}"`, { code: 'unavailable' });
  }
}

function parseBookmark({ metadata: { resourceVersion = '', annotations } }: KubeObject): WatchEvent<never> {
  const initialEventsEnd = annotations?.['k8s.io/initial-events-end'] === 'true';
  return { type: 'BOOKMARK', resourceVersion, ...(initialEventsEnd ? { initialEventsEnd } : {}) };
}

function parseLine(doing: string, line: string): { readonly type: unknown; readonly object: unknown } {
  try {
    return parseExact(line) as { readonly type: unknown; readonly object: unknown };
  } catch (error) {
    throw new KubeError(`${doing}: the event is not JSON`, { code: 'unavailable', cause: error });
  }
}
