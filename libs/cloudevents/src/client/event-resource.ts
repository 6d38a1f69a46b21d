import { apiVersionOf, type Kind, type KubeObject, type NewObject, semanticEqual } from '@ocm/api';
import {
  type CallOptions,
  type Clock,
  type DeleteOptions,
  keyOf,
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
import { named } from './generated-name.ts';
import type { LocalStore } from './local-store.ts';
import { mergeInto } from './merge-into.ts';
import { StoreReader, withGuard } from './store-reader.ts';

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
  readonly #reader: StoreReader<T>;
  readonly #random: () => number;

  constructor(kind: Kind<T>, replica: EventReplica, options: EventResourceOptions) {
    this.kind = kind;
    this.#replica = replica;
    this.#reader = new StoreReader(kind, this.#store, options.clock);
    this.#random = options.random;
  }

  async get(ref: Ref, options: CallOptions): Promise<T> {
    const found = await this.find(ref, options);
    if (found === undefined) throw this.#reader.notFound('getting', ref);
    return found;
  }

  async find(ref: Ref, options: CallOptions): Promise<T | undefined> {
    this.#check('get', 'getting', ref);
    return this.#reader.find(ref, options);
  }

  async *list(options: Parameters<Resource<T>['list']>[0]): AsyncGenerator<Page<T>> {
    this.#check('list', 'listing', '');
    yield* this.#reader.list(options);
  }

  watch(options: Parameters<Resource<T>['watch']>[0]): AsyncGenerator<WatchEvent<T>> {
    this.#check('list', 'watching', '');
    return this.#reader.watch(options);
  }

  async create(given: NewObject<T>, { signal }: WriteOptions): Promise<T> {
    const object = {
      apiVersion: apiVersionOf(this.kind),
      kind: this.kind.kind,
      ...given,
      metadata: named(given, this.#random),
    } as T;
    this.#check('create', 'creating', object.metadata);
    if (this.#store.get(object.metadata) !== undefined) {
      throw this.#reader.exists('creating', object.metadata);
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
    if (subresource !== undefined) throw this.#reader.notSupported('replacing', object.metadata);
    await this.#replica.publish(this.#typed(object), { subresource: 'spec', action: 'update_request' }, signal);
    return object;
  }

  async delete(ref: Ref, _options: DeleteOptions): Promise<never> {
    throw this.#reader.notSupported('deleting', ref);
  }

  async patchStatus(seen: T, next: StatusOf<T>, { signal }: WriteOptions): Promise<T> {
    this.#check('status', 'patching status of', seen.metadata);
    if (semanticEqual((seen as { readonly status?: unknown }).status, next)) return seen;
    return this.#publishStatus(seen, next, signal);
  }

  async patchSpec(seen: T, _next: SpecOf<T>, _options: WriteOptions): Promise<T> {
    throw this.#reader.notSupported('patching', seen.metadata);
  }

  async patchMetadata(seen: T, change: MetadataChange, { signal }: WriteOptions): Promise<T> {
    signal.throwIfAborted();
    this.#check('local-metadata', 'patching', seen.metadata);
    const current = this.#reader.current('patching', seen);
    return this.#keepMetadata(current, change);
  }

  async mergePatch(ref: Ref, patch: object, options: Parameters<Resource<T>['mergePatch']>[2]): Promise<T> {
    const { subresource, signal } = options;
    const operations = this.#replica.kind.operations;
    if (subresource === undefined && operations.has('series')) return this.#publishSeries(ref, patch, signal);
    if (subresource !== undefined && subresource !== 'status') throw this.#reader.notSupported('patching', ref);
    this.#check(subresource ?? 'local-metadata', 'patching', ref);
    this.#reader.checkFilled('patching', ref);
    const seen = this.#store.get(ref);
    if (seen === undefined) throw this.#reader.notFound('patching', ref);
    const { metadata, status } = patch as { readonly metadata?: object; readonly status?: object };
    const expected = withGuard(seen, metadata);
    if (subresource === undefined)
      return this.#keepMetadata(this.#reader.current('patching', expected), metadata ?? {});
    const merged = mergeInto((seen as { readonly status?: unknown }).status, status ?? {});
    return this.#publishStatus(expected, merged as StatusOf<T>, signal);
  }

  async apply(object: T): Promise<T> {
    throw this.#reader.notSupported('applying', object.metadata);
  }

  metadata(): Resource<KubeObject> {
    return this as unknown as Resource<KubeObject>;
  }

  get #store(): LocalStore<T> {
    return this.#replica.store as unknown as LocalStore<T>;
  }

  async #publishStatus(seen: T, status: StatusOf<T>, signal: AbortSignal): Promise<T> {
    // Where versions are the hub's, the hub compares them.
    if (this.#replica.kind.versioning === 'hub') return this.#sendStatus(seen, status, signal);
    // Of two who have seen the same version the second is to hear of a conflict: the first must be done by then.
    return this.#replica.turns.take(keyOf(seen), () => this.#publishGuarded(seen, status, signal));
  }

  async #sendStatus(object: T, status: StatusOf<T>, signal: AbortSignal): Promise<T> {
    const next = { ...this.#typed(object), status };
    await this.#replica.publish(next, { subresource: 'status', action: 'update_request' }, signal);
    return next;
  }

  async #publishGuarded(seen: T, status: StatusOf<T>, signal: AbortSignal): Promise<T> {
    const next = await this.#sendStatus(this.#reader.current('patching status of', seen), status, signal);
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

  #typed(object: T): T {
    return { apiVersion: apiVersionOf(this.kind), kind: this.kind.kind, ...object };
  }

  #check(operation: Operation, doing: string, ref: Ref): void {
    if (!this.#replica.kind.operations.has(operation)) throw this.#reader.notSupported(doing, ref);
  }
}
