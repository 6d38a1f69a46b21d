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
  /** UID of the AppliedManifestWork that alone owned the object; `undefined` when there were others or none, or nobody has looked. */
  readonly soleOwner?: string | undefined;
  /** See `bareMark`; `undefined` as well when the object was only read. */
  readonly bare?: string | undefined;
  /** When the API server last told of it, milliseconds since the epoch. */
  readonly seenMs: number;
}

/** What is known of an object that was just found or made equal to its manifest. */
export type Application = Pick<KnownObject, 'fingerprint' | 'seenMs' | 'soleOwner' | 'bare'>;

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
    const content = contentMark(object, id);
    const before = this.get(id);
    const same = before?.uid === uid && before.content === content ? before : undefined;
    this.#objects.set(resourceKey(id), {
      uid,
      resourceVersion,
      content,
      fingerprint: same?.fingerprint,
      soleOwner: same?.soleOwner,
      // The mark of content knows nothing of finalizers.
      bare: same?.resourceVersion === resourceVersion ? same.bare : undefined,
      seenMs,
    });
  }

  /** The object is now what the manifest with this fingerprint asks for. */
  applied(id: ResourceId, object: KubeObject, { fingerprint, seenMs, soleOwner, bare }: Application): void {
    const { uid = '', resourceVersion = '' } = object.metadata;
    const content = contentMark(object, id);
    this.#objects.set(resourceKey(id), { uid, resourceVersion, content, fingerprint, soleOwner, bare, seenMs });
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
