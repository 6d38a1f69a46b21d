import type { Kind, KubeObject } from '@ocm/api';
import { type KubeClient, KubeError, type WatchEvent } from '@ocm/kube';

type WatchOptions = { readonly resourceVersion: string; readonly signal: AbortSignal };

/** A managed cluster in memory that has ConfigMaps, and lets everybody watch them. */
export interface WatchedCluster {
  readonly spoke: Pick<KubeClient, 'kind'>;
  /** Creates or changes an object, and returns it as it is then. */
  put(name: string): KubeObject;
  delete(name: string): void;
  /** Ends the watches in all versions but these, and refuses new ones. */
  serve(...versions: readonly string[]): void;
  /** Cuts all watches, and answers nobody who wants to watch until it is to be reached again. */
  reach(can: boolean): void;
  /** How often somebody has listed all objects. */
  lists(): number;
  /** How often nobody answered. */
  unanswered(): number;
  /** The versions in which somebody watches. */
  watched(): readonly string[];
}

export function watchedCluster(...versions: readonly string[]): WatchedCluster {
  const objects = new Map<string, KubeObject>();
  const log: WatchEvent<KubeObject>[] = [];
  const held: string[] = [];
  let served = versions;
  let last = 0;
  let canReach = true;
  let unanswered = 0;
  let lists = 0;
  let changed = Promise.withResolvers<void>();

  function note(event?: WatchEvent<KubeObject>): void {
    if (event !== undefined) log.push(structuredClone(event));
    changed.resolve();
    changed = Promise.withResolvers();
  }

  function metadataOf(name: string): KubeObject['metadata'] {
    last += 1;
    return {
      ...(objects.get(name)?.metadata ?? { name, namespace: 'n', uid: `uid-${last}` }),
      resourceVersion: `${last}`,
    };
  }

  function lets(version: string): boolean {
    return canReach && served.includes(version);
  }

  async function* follow(version: string, { resourceVersion, signal }: WatchOptions) {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    let at = log.length;
    if (resourceVersion === '') {
      lists += 1;
      for (const object of objects.values()) yield { type: 'ADDED', object: structuredClone(object) };
      yield { type: 'BOOKMARK', resourceVersion: `${last}`, initialEventsEnd: true };
    } else {
      at = log.findLastIndex((event) => Number(versionOf(event)) <= Number(resourceVersion)) + 1;
    }
    while (!signal.aborted && lets(version)) {
      for (; at < log.length; at += 1) yield structuredClone(log[at]);
      await Promise.race([changed.promise, aborted]);
    }
  }

  async function* watch(version: string, options: WatchOptions) {
    if (!canReach) {
      unanswered += 1;
      throw new KubeError('connection refused', { code: 'unavailable' });
    }
    if (!served.includes(version)) throw new KubeError('404 page not found', { code: 'not-served', status: 404 });
    held.push(version);
    try {
      yield* follow(version, options);
    } finally {
      held.splice(held.indexOf(version), 1);
    }
  }

  function resource(kind: Kind): object {
    const found = {
      kind,
      metadata: () => found,
      create: (review: object) => Promise.resolve({ ...review, status: { allowed: true } }),
      find: ({ name }: { readonly name: string }) => Promise.resolve(structuredClone(objects.get(name))),
      watch: (options: WatchOptions) => watch(kind.version, options),
    };
    return found;
  }

  return {
    spoke: { kind: resource } as unknown as Pick<KubeClient, 'kind'>,
    put(name) {
      const type = objects.has(name) ? 'MODIFIED' : 'ADDED';
      const object = { metadata: metadataOf(name) };
      objects.set(name, object);
      note({ type, object });
      return structuredClone(object);
    },
    delete(name) {
      const object = { metadata: metadataOf(name) };
      objects.delete(name);
      note({ type: 'DELETED', object });
    },
    serve(...next) {
      served = next;
      note();
    },
    reach(can) {
      canReach = can;
      note();
    },
    lists: () => lists,
    unanswered: () => unanswered,
    watched: () => held,
  };
}

function versionOf(event: WatchEvent<KubeObject>): string {
  return (event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion) ?? '';
}
