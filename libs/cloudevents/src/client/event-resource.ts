import { apiVersionOf, type Kind, type KubeObject, type NewObject, semanticEqual } from '@ocm/api';
import {
  type CallOptions,
  type Clock,
  type DeleteOptions,
  KubeError,
  type MetadataChange,
  type Page,
  type Ref,
  type Resource,
  type SpecOf,
  type StatusOf,
  type WatchEvent,
  type WriteOptions,
} from '@ocm/kube';
import type { Operation } from './agent-kinds.ts';
import type { EventReplica } from './event-replica.ts';
import type { LocalStore } from './local-store.ts';
import { mergeInto } from './merge-into.ts';
import { selects } from './selector.ts';
import { watchStore } from './watch-store.ts';

const PAGE_SIZE = 500;
const SUFFIX_LENGTH = 5;
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Collaborators of a resource. */
export interface EventResourceOptions {
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * A kind as an agent has it over events (cloudevents-grpc 9.7): reads come from the local store, and are `unavailable` until the hub has said
 * once what there is; writes are published, and whatever events cannot do is a KubeError with status 405.
 */
export class EventResource<T extends KubeObject> implements Resource<T> {
  readonly kind: Kind<T>;
  readonly #replica: EventReplica;
  readonly #options: EventResourceOptions;

  constructor(kind: Kind<T>, replica: EventReplica, options: EventResourceOptions) {
    this.kind = kind;
    this.#replica = replica;
    this.#options = options;
  }

  async get(ref: Ref, options: CallOptions): Promise<T> {
    const found = await this.find(ref, options);
    if (found === undefined) throw this.#notFound('getting', ref);
    return found;
  }

  async find(ref: Ref, { signal }: CallOptions): Promise<T | undefined> {
    signal.throwIfAborted();
    this.#check('get', 'getting', ref);
    this.#checkFilled('getting', ref);
    return this.#store.get(ref);
  }

  async *list(options: Parameters<Resource<T>['list']>[0]): AsyncGenerator<Page<T>> {
    options.signal.throwIfAborted();
    this.#check('list', 'listing', '');
    this.#checkFilled('listing', '');
    const { limit = PAGE_SIZE } = options;
    const objects = this.#store.list().filter(selects(options));
    for (let start = 0; start === 0 || start < objects.length; start += limit) {
      yield { items: objects.slice(start, start + limit), resourceVersion: '0' };
    }
  }

  watch(options: Parameters<Resource<T>['watch']>[0]): AsyncGenerator<WatchEvent<T>> {
    this.#check('list', 'watching', '');
    const { initialEvents = false, signal } = options;
    return watchStore(this.#store, { initialEvents, isSelected: selects(options), clock: this.#options.clock, signal });
  }

  async create(given: NewObject<T>, { signal }: WriteOptions): Promise<T> {
    const object = {
      apiVersion: apiVersionOf(this.kind),
      kind: this.kind.kind,
      ...given,
      metadata: this.#named(given),
    } as T;
    this.#check('create', 'creating', object.metadata);
    if (this.#store.get(object.metadata) !== undefined) {
      throw this.#error('creating', object.metadata, { code: 'exists', status: 409, reason: 'AlreadyExists' });
    }
    await this.#replica.publish(object, { subresource: 'spec', action: 'create_request' }, signal);
    // The hub's own view of the others comes soon enough; of a request, the next step depends.
    if (this.kind.plural === 'certificatesigningrequests' && this.#store.get(object.metadata) === undefined) {
      this.#store.apply({ kind: 'put', object });
    }
    return object;
  }

  async replace(object: T, { signal, subresource }: Parameters<Resource<T>['replace']>[1]): Promise<T> {
    this.#check(subresource === 'status' ? 'status' : 'replace', 'replacing', object.metadata);
    if (subresource !== undefined) throw this.#notSupported('replacing', object.metadata);
    await this.#replica.publish(this.#typed(object), { subresource: 'spec', action: 'update_request' }, signal);
    return object;
  }

  async delete(ref: Ref, _options: DeleteOptions): Promise<void> {
    throw this.#notSupported('deleting', ref);
  }

  async patchStatus(seen: T, next: StatusOf<T>, { signal }: WriteOptions): Promise<T> {
    this.#check('status', 'patching status of', seen.metadata);
    if (semanticEqual((seen as { readonly status?: unknown }).status, next)) return seen;
    return this.#publishStatus(seen, next, signal);
  }

  async patchSpec(seen: T, _next: SpecOf<T>, _options: WriteOptions): Promise<T> {
    throw this.#notSupported('patching', seen.metadata);
  }

  async patchMetadata(seen: T, change: MetadataChange, { signal }: WriteOptions): Promise<T> {
    signal.throwIfAborted();
    this.#check('local-metadata', 'patching', seen.metadata);
    const current = this.#current('patching', seen);
    return this.#keepMetadata(current, change);
  }

  async mergePatch(ref: Ref, patch: object, options: Parameters<Resource<T>['mergePatch']>[2]): Promise<T> {
    const { subresource, signal } = options;
    const operations = this.#replica.kind.operations;
    if (subresource === undefined && operations.has('series')) return this.#publishSeries(ref, patch, signal);
    if (subresource !== undefined && subresource !== 'status') throw this.#notSupported('patching', ref);
    this.#check(subresource ?? 'local-metadata', 'patching', ref);
    this.#checkFilled('patching', ref);
    const seen = this.#store.get(ref);
    if (seen === undefined) throw this.#notFound('patching', ref);
    const { metadata, status } = patch as { readonly metadata?: object; readonly status?: object };
    const expected = { ...seen, metadata: { ...seen.metadata, ...guardOf(metadata) } };
    if (subresource === undefined) return this.#keepMetadata(this.#current('patching', expected), metadata ?? {});
    const merged = mergeInto((seen as { readonly status?: unknown }).status, status ?? {});
    return this.#publishStatus(expected, merged as StatusOf<T>, signal);
  }

  async apply(object: T): Promise<T> {
    throw this.#notSupported('applying', object.metadata);
  }

  metadata(): Resource<KubeObject> {
    return this as unknown as Resource<KubeObject>;
  }

  get #store(): LocalStore<T> {
    return this.#replica.store as unknown as LocalStore<T>;
  }

  async #publishStatus(seen: T, status: StatusOf<T>, signal: AbortSignal): Promise<T> {
    const isLocal = this.#replica.kind.versioning === 'local';
    // Where versions are the hub's, the hub compares them.
    const base = isLocal ? this.#current('patching status of', seen) : seen;
    const next = { ...this.#typed(base), status };
    await this.#replica.publish(next, { subresource: 'status', action: 'update_request' }, signal);
    if (!isLocal) return next;
    // Meanwhile a new spec may have come, or the end: the status goes with what there is now.
    const current = this.#store.byUid(seen.metadata.uid);
    if (current === undefined) return next;
    return this.#store.apply({ kind: 'put', object: { ...current, status } }) ?? next;
  }

  async #publishSeries(ref: Ref, patch: object, signal: AbortSignal): Promise<T> {
    const metadata = typeof ref === 'string' ? { name: ref } : ref;
    const object = this.#typed({ ...patch, metadata } as unknown as T);
    await this.#replica.publish(object, { subresource: 'spec', action: 'update_request' }, signal);
    return object;
  }

  #keepMetadata(current: T, change: object): T {
    const { uid, resourceVersion, name, namespace } = current.metadata;
    const merged = mergeInto(current.metadata, change) as T['metadata'];
    const identity = { name, ...(uid === undefined ? {} : { uid }), ...(namespace === undefined ? {} : { namespace }) };
    const metadata = { ...merged, ...identity, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    if (semanticEqual(current.metadata, metadata)) return current;
    return this.#store.apply({ kind: 'put', object: { ...current, metadata } }) ?? current;
  }

  /** The stored object, unless the caller saw an older one (cloudevents-grpc 9.6); version `0` forces. */
  #current(doing: string, { metadata }: T): T {
    const current = this.#store.get(metadata);
    if (current === undefined) throw this.#notFound(doing, metadata);
    const { uid, resourceVersion = '' } = metadata;
    const isForced = resourceVersion === '0';
    const isStale = resourceVersion === '' || Number(resourceVersion) < Number(current.metadata.resourceVersion);
    if (uid === current.metadata.uid && (isForced || !isStale)) return current;
    throw this.#error(doing, metadata, { code: 'conflict', status: 409, reason: 'Conflict' });
  }

  #named({ metadata }: NewObject<T>): T['metadata'] {
    if ('name' in metadata && metadata.name !== '') return metadata;
    const { generateName, ...rest } = metadata as { readonly generateName: string };
    return { ...rest, name: `${generateName}${this.#suffix()}` };
  }

  #suffix(): string {
    const letters = Array.from({ length: SUFFIX_LENGTH }, () =>
      SUFFIX_LETTERS.charAt(Math.floor(this.#options.random() * SUFFIX_LETTERS.length)),
    );
    return letters.join('');
  }

  #typed(object: T): T {
    return { apiVersion: apiVersionOf(this.kind), kind: this.kind.kind, ...object };
  }

  #check(operation: Operation, doing: string, ref: Ref): void {
    if (!this.#replica.kind.operations.has(operation)) throw this.#notSupported(doing, ref);
  }

  #checkFilled(doing: string, ref: Ref): void {
    if (this.#store.isFilled) return;
    throw this.#error(doing, ref, {
      code: 'unavailable',
      status: 503,
      reason: 'the hub has not yet said what there is',
    });
  }

  #notSupported(doing: string, ref: Ref): KubeError {
    return this.#error(doing, ref, { code: 'bad-request', status: 405, reason: 'MethodNotAllowed' });
  }

  #notFound(doing: string, ref: Ref): KubeError {
    return this.#error(doing, ref, { code: 'not-found', status: 404, reason: 'NotFound' });
  }

  #error(doing: string, ref: Ref, details: ConstructorParameters<typeof KubeError>[1]): KubeError {
    const { group, plural } = this.kind;
    const name = typeof ref === 'string' ? ref : ref.name;
    return new KubeError(`${doing} ${plural}.${group} "${name}": ${details.reason ?? details.code}`, details);
  }
}

function guardOf(metadata: { readonly uid?: string; readonly resourceVersion?: string } | undefined): {
  readonly uid?: string;
  readonly resourceVersion?: string;
} {
  const { uid, resourceVersion } = metadata ?? {};
  return { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
}
