import type { KubeObject } from '@ocm/api';
import { type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import { contentMark } from './content-mark.ts';

/** What is remembered of an object that was applied or read. */
export interface KnownObject {
  readonly uid: string;
  readonly resourceVersion: string;
  /** See `contentMark`. */
  readonly content: string;
  /** Of the manifest that the object was last found or made equal to; `undefined` when it was only read. */
  readonly fingerprint: string | undefined;
  /** When the API server last told of it, milliseconds since the epoch. */
  readonly seenMs: number;
}

/**
 * The memory of the agent (work 8.4). It saves requests and comparisons, and decides nothing: empty, after a restart, the outcome is the
 * same.
 */
export class KnownObjects {
  readonly #objects = new Map<string, KnownObject>();

  get(id: ResourceId): KnownObject | undefined {
    return this.#objects.get(resourceKey(id));
  }

  /** The object was read or written as it should be for now. */
  saw(id: ResourceId, object: KubeObject, seenMs: number): void {
    const { uid = '', resourceVersion = '' } = object.metadata;
    const content = contentMark(object);
    const before = this.get(id);
    const isSame = before?.uid === uid && before.content === content;
    const fingerprint = isSame ? before.fingerprint : undefined;
    this.#objects.set(resourceKey(id), { uid, resourceVersion, content, fingerprint, seenMs });
  }

  /** The object is now what the manifest with this fingerprint asks for. */
  applied(
    id: ResourceId,
    object: KubeObject,
    { fingerprint, seenMs }: Pick<KnownObject, 'fingerprint' | 'seenMs'>,
  ): void {
    const { uid = '', resourceVersion = '' } = object.metadata;
    this.#objects.set(resourceKey(id), { uid, resourceVersion, content: contentMark(object), fingerprint, seenMs });
  }

  /** The object does not exist, or is none of our business any more. */
  forget(id: ResourceId): void {
    this.forgetKey(resourceKey(id));
  }

  /** As `forget`, by the `resourceKey`. */
  forgetKey(key: string): void {
    this.#objects.delete(key);
  }
}
