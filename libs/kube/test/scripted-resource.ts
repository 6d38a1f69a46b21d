import type { Kind, KubeObject } from '@ocm/api';
import { KubeError } from '../src/error.ts';
import type { CallOptions, Page, Resource, Selection, WatchEvent } from '../src/resource.ts';

export interface Thing extends KubeObject {
  readonly spec?: { readonly color?: string; readonly sizes?: readonly number[] };
}

export const Thing: Kind<Thing> = {
  group: 'test.io',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: false,
};

/** `uid` defaults to one that follows from the name. */
export function aThing(name: string, resourceVersion: string, over: { uid?: string; color?: string } = {}): Thing {
  const { uid = `uid-${name}`, color = 'red' } = over;
  const unknownToTypes = { managedFields: [{ manager: 'test' }] };
  return { metadata: { name, uid, resourceVersion, ...unknownToTypes }, spec: { color } };
}

/** A watch that a test feeds. */
export interface OpenWatch {
  /** Where it began. */
  readonly resourceVersion: string;
  readonly timeoutSeconds: number | undefined;
  readonly isOpen: boolean;
  send(...events: readonly WatchEvent<Thing>[]): void;
  end(): void;
  fail(error: Error): void;
}

export interface ScriptedResource {
  readonly resource: Resource<Thing>;
  /** What the next first reads answer, streamed or paged; the last answer is kept. */
  readonly lists: ListAnswer[];
  /** The first reads, streamed or paged. */
  readonly listCalls: (Selection & { readonly limit?: number })[];
  readonly watches: OpenWatch[];
  /** The last watch. */
  watch(): OpenWatch;
}

/** What an API server says that does not know of streamed lists. */
export const CANNOT_STREAM = new KubeError('sendInitialEvents is forbidden', {
  code: 'invalid',
  status: 422,
  reason: 'Invalid',
});

type ListAnswer = Error | 'hang' | readonly Page<Thing>[];

/** List and watch under the control of a test; nothing else works. Without `streams` it is a server that cannot begin watches with all objects. */
export function scriptedResource(streams: boolean, ...lists: ListAnswer[]): ScriptedResource {
  const script: Omit<ScriptedResource, 'resource'> = {
    lists,
    listCalls: [],
    watches: [],
    watch() {
      const last = script.watches.at(-1);
      if (last === undefined) throw new Error('no watch was opened');
      return last;
    },
  };
  const answer = async (call: Selection & CallOptions): Promise<readonly Page<Thing>[]> => {
    const { signal, ...selection } = call;
    script.listCalls.push(selection);
    const next = script.lists.length > 1 ? script.lists.shift() : script.lists[0];
    if (next === 'hang' || next === undefined) return aborted(signal);
    if (next instanceof Error) throw next;
    return structuredClone(next);
  };
  const resource: Partial<Resource<Thing>> = {
    kind: Thing,
    async *list(options) {
      yield* await answer(options);
    },
    async *watch({ initialEvents = false, resourceVersion, timeoutSeconds, ...options }) {
      if (initialEvents && !streams) throw CANNOT_STREAM;
      const pages = initialEvents ? await answer(options) : [];
      for (const { items } of pages) for (const object of items) yield { type: 'ADDED', object };
      const end = pages.at(-1)?.resourceVersion;
      const { open, events } = openWatch(options.signal, { resourceVersion: end ?? resourceVersion, timeoutSeconds });
      script.watches.push(open);
      if (end !== undefined) yield { type: 'BOOKMARK', resourceVersion: end, initialEventsEnd: true };
      yield* events;
    },
  };
  return { ...script, resource: resource as Resource<Thing> };
}

async function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function openWatch(
  signal: AbortSignal,
  { resourceVersion, timeoutSeconds }: Pick<OpenWatch, 'resourceVersion' | 'timeoutSeconds'>,
): { readonly open: OpenWatch; readonly events: AsyncIterable<WatchEvent<Thing>> } {
  const queue: (WatchEvent<Thing> | Error | 'end')[] = [];
  let wake: (() => void) | undefined;
  let isOpen = true;
  const push = (...items: typeof queue): void => {
    queue.push(...items);
    wake?.();
  };
  signal.addEventListener('abort', () => push(signal.reason as Error), { once: true });
  async function* events(): AsyncGenerator<WatchEvent<Thing>> {
    try {
      for (;;) {
        const next = queue.shift();
        if (next === 'end') return;
        if (next instanceof Error) throw next;
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      isOpen = false;
    }
  }
  const open: OpenWatch = {
    resourceVersion,
    timeoutSeconds,
    get isOpen() {
      return isOpen;
    },
    send: (...items) => push(...items.map((event) => structuredClone(event))),
    end: () => push('end'),
    fail: (error) => push(error),
  };
  return { open, events: events() };
}
