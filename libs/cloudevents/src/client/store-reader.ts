import type { Kind, KubeObject } from '@ocm/api';
import {
  type CallOptions,
  type Clock,
  KubeError,
  type Page,
  type Ref,
  type Resource,
  type Selection,
  type WatchEvent,
} from '@ocm/kube';
import type { LocalStore } from './local-store.ts';
import { selects } from './selector.ts';
import { watchStore } from './watch-store.ts';

const PAGE_SIZE = 500;

/**
 * The reading half of a resource that lives in a local store, for agents and sources alike: as the Kubernetes API does it, and `unavailable`
 * until the other side has said once what there is. Errors are those of the API, too.
 */
export class StoreReader<T extends KubeObject> {
  readonly #kind: Kind<T>;
  readonly #store: LocalStore<T>;
  readonly #clock: Clock;

  constructor(kind: Kind<T>, store: LocalStore<T>, clock: Clock) {
    this.#kind = kind;
    this.#store = store;
    this.#clock = clock;
  }

  find(ref: Ref, { signal }: CallOptions): T | undefined {
    signal.throwIfAborted();
    this.checkFilled('getting', ref);
    return this.#store.get(ref);
  }

  *list(options: Selection & CallOptions & { readonly limit?: number }): Generator<Page<T>> {
    options.signal.throwIfAborted();
    this.checkFilled('listing', '');
    const { limit = PAGE_SIZE } = options;
    const objects = this.#store.list().filter(selects(options));
    for (let start = 0; start === 0 || start < objects.length; start += limit) {
      yield { items: objects.slice(start, start + limit), resourceVersion: '0' };
    }
  }

  watch(options: Parameters<Resource<T>['watch']>[0]): AsyncGenerator<WatchEvent<T>> {
    const { initialEvents = false, signal } = options;
    return watchStore(this.#store, { initialEvents, isSelected: selects(options), clock: this.#clock, signal });
  }

  /** The stored object, unless the caller saw an older one (cloudevents-grpc 9.6); version `0` forces. */
  current(doing: string, { metadata }: Pick<T, 'metadata'>): T {
    const current = this.#store.get(metadata);
    if (current === undefined) throw this.notFound(doing, metadata);
    const { uid, resourceVersion = '' } = metadata;
    const isForced = resourceVersion === '0';
    const isStale = resourceVersion === '' || Number(resourceVersion) < Number(current.metadata.resourceVersion);
    if (uid === current.metadata.uid && (isForced || !isStale)) return current;
    throw this.error(doing, metadata, { code: 'conflict', status: 409, reason: 'Conflict' });
  }

  checkFilled(doing: string, ref: Ref): void {
    if (this.#store.isFilled) return;
    throw this.error(doing, ref, {
      code: 'unavailable',
      status: 503,
      reason: 'the other side has not yet said what there is',
    });
  }

  exists(doing: string, ref: Ref): KubeError {
    return this.error(doing, ref, { code: 'exists', status: 409, reason: 'AlreadyExists' });
  }

  notSupported(doing: string, ref: Ref): KubeError {
    return this.error(doing, ref, { code: 'bad-request', status: 405, reason: 'MethodNotAllowed' });
  }

  notFound(doing: string, ref: Ref): KubeError {
    return this.error(doing, ref, { code: 'not-found', status: 404, reason: 'NotFound' });
  }

  error(doing: string, ref: Ref, details: ConstructorParameters<typeof KubeError>[1]): KubeError {
    const { group, plural } = this.#kind;
    const name = typeof ref === 'string' ? ref : ref.name;
    return new KubeError(`${doing} ${plural}.${group} "${name}": ${details.reason ?? details.code}`, details);
  }
}

/** The object as the writer of a patch has seen it: with the uid and the version that the patch names, if it names them. */
export function withGuard<T extends KubeObject>(object: T, patched: Partial<KubeObject['metadata']> = {}): T {
  const { uid, resourceVersion } = patched;
  const guard = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return { ...object, metadata: { ...object.metadata, ...guard } };
}
