import type { Kind, KubeObject, NewObject } from '@ocm/api';

/** Name of an object; `namespace` for namespaced kinds. A plain string names a cluster-scoped object. */
export type Ref = string | { readonly namespace?: string | undefined; readonly name: string };

/** What every call takes: the signal ends it at once with its reason. */
export interface CallOptions {
  readonly signal: AbortSignal;
}

/** Which objects of a kind; selectors as in the API. */
export interface Selection {
  /** Absent means all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** Some objects of a list; `resourceVersion` is that of the whole list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** What a watch delivers; errors are thrown. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | {
      readonly type: 'BOOKMARK';
      readonly resourceVersion: string;
      /** Every object that existed when the watch began has been sent; only with `initialEvents`. */
      readonly initialEventsEnd?: boolean;
    };

/** Type of the status of a kind. */
export type StatusOf<T> = T extends { readonly status?: infer S } ? NonNullable<S> : never;
/** Type of the spec of a kind. */
export type SpecOf<T> = T extends { readonly spec?: infer S } ? NonNullable<S> : never;

/** Metadata that a guarded patch may replace; `undefined` members stay as they are, `null` values of labels and annotations remove the key. */
export interface MetadataChange {
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: KubeObject['metadata']['ownerReferences'];
}

/** How a write is made. */
export interface WriteOptions extends CallOptions {
  /** Who owns the written fields; by default the server derives it from the user agent. */
  readonly fieldManager?: string;
  /** Checked and answered, but not stored. */
  readonly dryRun?: boolean;
  /** User to act as (`Impersonate-User`). */
  readonly impersonate?: string;
}

/** Preconditions and manner of a deletion. */
export interface DeleteOptions extends CallOptions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
}

/** Reads and writes of one kind. Every call is a request; caches are informers. All throw KubeError. */
export interface Resource<T extends KubeObject> {
  readonly kind: Kind<T>;
  get(ref: Ref, options: CallOptions): Promise<T>;
  /** As `get`, but an absent object is `undefined`. A kind that is not served still throws. */
  find(ref: Ref, options: CallOptions): Promise<T | undefined>;
  /** Pages of at most `limit` (500) objects, the next one loading while one is worked on. Throws `gone` when the pages have expired. */
  list(options: Selection & CallOptions & { readonly limit?: number }): AsyncIterable<Page<T>>;
  watch(
    options: Selection &
      CallOptions & {
        /** The watch begins after it; empty with `initialEvents`. */
        readonly resourceVersion: string;
        readonly timeoutSeconds?: number;
        /**
         * Begin with an ADDED event for every object there is, as of now (a consistent read). A server that cannot do it (before
         * Kubernetes 1.34, by default) answers `invalid`.
         */
        readonly initialEvents?: boolean;
      },
  ): AsyncIterable<WatchEvent<T>>;
  create(object: NewObject<T>, options: WriteOptions): Promise<T>;
  /** PUT, guarded by the object's resourceVersion when it has one. */
  replace(object: T, options: WriteOptions & { readonly subresource?: 'status' | 'approval' }): Promise<T>;
  /**
   * Resolves when the server has accepted the deletion: `gone` when it says that the object does not exist any more, `accepted` when it may still
   * be there, held by finalizers or a grace period. An absent object throws `not-found`, a failed precondition `conflict`.
   */
  delete(ref: Ref, options: DeleteOptions): Promise<'accepted' | 'gone'>;
  /**
   * A JSON merge patch with the difference between `seen.status` and `next`, guarded by uid and resourceVersion (registration 1.4, work 5.4).
   * Sends nothing and returns `seen` when both are semantically equal. Throws `conflict` when somebody else wrote since.
   */
  patchStatus(seen: T, next: StatusOf<T>, options: WriteOptions): Promise<T>;
  /** As `patchStatus`, for the spec. */
  patchSpec(seen: T, next: SpecOf<T>, options: WriteOptions): Promise<T>;
  /** As `patchStatus`, for labels, annotations, finalizers, owner references. */
  patchMetadata(seen: T, change: MetadataChange, options: WriteOptions): Promise<T>;
  /** An unguarded JSON merge patch; prefer the guarded ones. */
  mergePatch(ref: Ref, patch: object, options: WriteOptions & { readonly subresource?: string }): Promise<T>;
  /** Server-side apply; a conflict throws `conflict` with the server's text. */
  apply(
    object: T,
    options: WriteOptions & { readonly fieldManager: string; readonly force?: boolean; readonly subresource?: string },
  ): Promise<T>;
  /** The same kind read as metadata only (PartialObjectMetadata). */
  metadata(): Resource<KubeObject>;
}
