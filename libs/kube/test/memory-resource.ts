import type { Kind, KubeObject } from '@ocm/api';
import type { KubeClient } from '../src/client.ts';
import { KubeError } from '../src/error.ts';
import { keyOf, keyOfRef } from '../src/object-key.ts';
import type { CallOptions, Resource } from '../src/resource.ts';

/** Objects of one kind in memory: single reads and writes with optimistic locking, for tests that need a clock of their own. */
export interface MemoryResource<T extends KubeObject> {
  readonly client: Pick<KubeClient, 'kind'>;
  readonly objects: Map<string, T>;
  /** Each request as `verb key`. */
  readonly requests: string[];
  /** Called before each request; what it throws is the answer. What it awaits delays the request. */
  before: (request: string, signal: AbortSignal) => void | Promise<void>;
}

export function memoryResource<T extends KubeObject>(kind: Kind<T>): MemoryResource<T> {
  const objects = new Map<string, T>();
  let revision = 0;
  const memory: Omit<MemoryResource<T>, 'client'> = { objects, requests: [], before: () => {} };
  const enter = async (verb: string, key: string, { signal }: CallOptions): Promise<void> => {
    signal.throwIfAborted();
    memory.requests.push(`${verb} ${key}`);
    await memory.before(`${verb} ${key}`, signal);
    signal.throwIfAborted();
  };
  const stored = (object: T): T => {
    revision += 1;
    const next = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    objects.set(keyOf(next), next);
    return next;
  };
  const existing = (key: string): T => {
    const object = objects.get(key);
    if (object === undefined) throw new KubeError(`${key} not found`, { code: 'not-found' });
    return object;
  };
  const resource: Partial<Resource<T>> = {
    kind,
    async find(ref, options) {
      await enter('get', keyOfRef(ref), options);
      return objects.get(keyOfRef(ref));
    },
    async get(ref, options) {
      await enter('get', keyOfRef(ref), options);
      return existing(keyOfRef(ref));
    },
    async create(object, options) {
      const whole = object as unknown as T;
      const key = keyOf(whole);
      await enter('create', key, options);
      if (objects.has(key)) throw new KubeError(`${key} exists`, { code: 'exists' });
      return stored(whole);
    },
    async replace(object, options) {
      const key = keyOf(object);
      await enter('replace', key, options);
      if (existing(key).metadata.resourceVersion !== object.metadata.resourceVersion) {
        throw new KubeError(`${key} has been modified`, { code: 'conflict' });
      }
      return stored(object);
    },
    async mergePatch(ref, patch, options) {
      await enter('patch', keyOfRef(ref), options);
      return stored({ ...existing(keyOfRef(ref)), ...patch });
    },
  };
  const client = { kind: () => resource } as unknown as Pick<KubeClient, 'kind'>;
  return Object.assign(memory, { client });
}
