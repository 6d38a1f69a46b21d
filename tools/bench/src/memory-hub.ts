import type { Kind, KubeObject } from '@ocm/api';
import type { KubeClient, Ref, Resource, WatchEvent } from '@ocm/kube';

/** An API server without a network: what a controller costs by itself, without requests. Only what controllers with caches use is there. */
export class MemoryHub {
  readonly #kinds = new Map<string, MemoryKind>();
  #revision = 0;

  /** How many writes there were of a kind, or of all kinds. */
  writes(kind?: string): number {
    return [...this.#kinds].reduce((sum, [name, { writes }]) => ((kind ?? name) === name ? sum + writes : sum), 0);
  }

  put(object: KubeObject): void {
    this.#of(object.kind ?? '').put(object);
  }

  /** Objects of a kind, as they are. */
  all(kind: string): readonly KubeObject[] {
    return [...this.#of(kind).objects.values()];
  }

  client(): KubeClient {
    const kind = <T extends KubeObject>(of: Kind<T>): Resource<T> => this.#of(of.kind).resource(of);
    const client: Partial<KubeClient> = { kind, close: () => Promise.resolve() };
    return client as KubeClient;
  }

  #of(kind: string): MemoryKind {
    const known = this.#kinds.get(kind) ?? new MemoryKind(() => String((this.#revision += 1)));
    this.#kinds.set(kind, known);
    return known;
  }
}

type Listener = (event: WatchEvent<KubeObject>) => void;

class MemoryKind {
  readonly objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<Listener>();
  readonly #next: () => string;
  writes = 0;

  constructor(next: () => string) {
    this.#next = next;
  }

  put(object: KubeObject): KubeObject {
    this.writes += 1;
    const key = keyOf(object.metadata);
    const old = this.objects.get(key);
    const resourceVersion = this.#next();
    const metadata = {
      generation: 1,
      uid: `uid-${resourceVersion}`,
      ...old?.metadata,
      ...object.metadata,
      resourceVersion,
    };
    const stored = { ...object, metadata };
    this.objects.set(key, stored);
    this.#tell(old === undefined ? 'ADDED' : 'MODIFIED', stored);
    return copy(stored);
  }

  resource<T extends KubeObject>(kind: Kind<T>): Resource<T> {
    const write = (object: object): Promise<T> => Promise.resolve(this.put(object as KubeObject) as T);
    const resource: Partial<Resource<T>> = {
      kind,
      watch: ({ signal }) => this.#watch(signal) as AsyncIterable<WatchEvent<T>>,
      create: write,
      patchStatus: (seen, status) => (isSame(seen, status) ? Promise.resolve(seen) : write({ ...seen, status })),
      patchMetadata: (seen) => write(seen),
      mergePatch: (ref) => write(this.objects.get(keyOfRef(ref)) ?? {}),
      delete: (ref) => {
        this.#remove(keyOfRef(ref));
        return Promise.resolve('gone');
      },
    };
    return resource as Resource<T>;
  }

  #remove(key: string): void {
    const old = this.objects.get(key);
    this.objects.delete(key);
    this.writes += 1;
    if (old !== undefined)
      this.#tell('DELETED', { ...old, metadata: { ...old.metadata, resourceVersion: this.#next() } });
  }

  #tell(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    for (const listener of this.#listeners) listener({ type, object: copy(object) });
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<WatchEvent<KubeObject>> {
    const waiting: WatchEvent<KubeObject>[] = [...this.objects.values()].map((object) => ({
      type: 'ADDED',
      object: copy(object),
    }));
    waiting.push({ type: 'BOOKMARK', resourceVersion: this.#next(), initialEventsEnd: true });
    let wake: (() => void) | undefined;
    const listener: Listener = (event) => {
      waiting.push(event);
      wake?.();
    };
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => wake?.());
    while (!signal.aborted) {
      yield* waiting.splice(0);
      if (waiting.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    }
    this.#listeners.delete(listener);
  }
}

function isSame(seen: KubeObject, status: unknown): boolean {
  return JSON.stringify((seen as { status?: unknown }).status) === JSON.stringify(status);
}

/** As if it had been read from the network. */
function copy<T>(object: T): T {
  return JSON.parse(JSON.stringify(object)) as T;
}

function keyOf({ namespace, name }: Exclude<Ref, string>): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function keyOfRef(ref: Ref): string {
  return typeof ref === 'string' ? ref : keyOf(ref);
}
