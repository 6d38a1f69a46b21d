import type { Clock } from '@ocm/kube';
import { type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import { coalesce, type Coalesced } from './coalesce.ts';
import type { FindWatched } from './object-reader.ts';
import { scopeKeysOf } from './plan-watches.ts';

/** A watch has so long to tell of an object that exists. */
const PATIENCE_MS = 30_000;

export interface MissedObjectsOptions {
  readonly clock: Pick<Clock, 'schedule'>;
  readonly find: FindWatched;
  /** Has a scope listed anew; it need not be watched. */
  readonly relist: (scope: string) => void;
}

/**
 * Objects that exist and of which no watch tells: one of a large scope keeps only what was wanted when it was listed. What it has not caught
 * up with soon is listed anew.
 */
export class MissedObjects {
  readonly #options: MissedObjectsOptions;
  readonly #missed = new Map<string, ResourceId>();
  readonly #checking: Coalesced;

  constructor(options: MissedObjectsOptions) {
    this.#options = options;
    this.#checking = coalesce(() => this.#check(), { clock: options.clock, ms: PATIENCE_MS });
  }

  /** An answer of the API server has told of the object. */
  exists(id: ResourceId): void {
    if (this.#options.find(id) !== undefined) return;
    this.#missed.set(resourceKey(id), id);
    this.#checking.request();
  }

  cancel(): void {
    this.#checking.cancel();
  }

  #check(): void {
    const { find, relist } = this.#options;
    const scopes = scopesWithout(this.#missed.values(), find);
    this.#missed.clear();
    for (const scope of scopes) relist(scope);
  }
}

/** Keys of the scopes that could tell of the objects, as far as nobody does. */
function scopesWithout(objects: Iterable<ResourceId>, find: FindWatched): ReadonlySet<string> {
  return new Set([...objects].filter((id) => find(id) === undefined).flatMap(scopeKeysOf));
}
