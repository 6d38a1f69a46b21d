import type { KubeObject } from '@ocm/api';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { KubeMetrics } from './metrics.ts';
import type { Ref, Resource, Selection } from './resource.ts';

/** What a cache tells its subscribers. `initial` objects came with the first list (or a relist that found them), not from a live change. */
export type ObjectEvent<T> =
  | { readonly type: 'added'; readonly object: T; readonly initial: boolean }
  | { readonly type: 'updated'; readonly object: T; readonly previous: T }
  | { readonly type: 'deleted'; readonly object: T }
  | { readonly type: 'resync'; readonly object: T };

/** `live` overtakes `bulk` in the queue: what came from a list or a resync waits behind what just changed. */
export type Lane = 'live' | 'bulk';

/** Feeds keys into a controller's queue. */
export interface WatchSource {
  /** The informer behind the source, so that the controller waits for its sync; absent for other triggers. */
  readonly informer?: AnyInformer;
  start(enqueue: (key: string, options: { readonly lane: Lane; readonly resetBackoff: boolean }) => void): () => void;
}

export interface Lister<T extends KubeObject, Index extends string = never> {
  /** Frozen, without managedFields; never a request. */
  get(ref: Ref): T | undefined;
  list(): readonly T[];
  by(index: Index, value: string): readonly T[];
  readonly size: number;
}

export interface InformerOptions<T extends KubeObject, Index extends string = never> extends Selection {
  readonly indexes?: Readonly<Record<Index, (object: T) => readonly string[]>>;
  /** Objects for which it says no are not kept; leaving the kept set is a deletion. */
  readonly keep?: (object: T) => boolean;
  /** Reduces what is held in memory; runs after `keep`, before freezing. */
  readonly transform?: (object: T) => T;
  /** Re-delivers every object at this interval as `resync`; absent means never. */
  readonly resyncMs?: number;
  readonly pageSize?: number;
  /** A watch that delivers nothing (not even a bookmark) for this long is reopened; default 90 s. */
  readonly silenceMs?: number;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly metrics?: KubeMetrics;
  readonly random?: () => number;
}

export interface Informer<T extends KubeObject, Index extends string = never> extends Lister<T, Index> {
  readonly synced: boolean;
  /** Resolves when the first list is in the cache; returns early when the signal fires. */
  waitForSync(signal: AbortSignal): Promise<void>;
  /** Keys to enqueue for each event; `undefined` or an empty list for none. */
  events(
    keys: (event: ObjectEvent<T>) => string | readonly string[] | undefined,
    options?: { readonly resetBackoff?: (event: ObjectEvent<T>) => boolean },
  ): WatchSource;
  subscribe(handler: (event: ObjectEvent<T>) => void): () => void;
  /** Lists and watches until the signal fires. Awaited by whoever starts it; `run` does for the informers of its controllers. */
  run(signal: AbortSignal): Promise<void>;
}

export type AnyInformer = Pick<Informer<KubeObject>, 'synced' | 'waitForSync' | 'run'> & { readonly describe: string };

export type CreateInformer = <T extends KubeObject, Index extends string = never>(
  resource: Resource<T>,
  options?: InformerOptions<T, Index>,
) => Informer<T, Index> & AnyInformer;
