import { apiVersionOf, type Kind, type KubeObject, type NewObject, semanticEqual } from '@ocm/api';
import { isKubeError, KubeError } from './error.ts';
import { parseExact } from './exact-json.ts';
import { mergePatchBetween } from './merge-patch.ts';
import { metadataPatch } from './metadata-patch.ts';
import type { ApiRequest, Requester } from './requester.ts';
import type {
  CallOptions,
  DeleteOptions,
  MetadataChange,
  Page,
  Ref,
  Resource,
  Selection,
  SpecOf,
  StatusOf,
  WatchEvent,
  WriteOptions,
} from './resource.ts';
import { collectionPath, describeKind, describeObject, objectPath, query } from './resource-address.ts';
import { errorOfRefusal, type Refusal } from './status-error.ts';
import type { RequestLane } from './transport/request-gate.ts';
import type { WireResponse } from './transport/wire.ts';
import { refusalOf, watchEvents } from './watch-events.ts';

const PAGE_SIZE = 500;
const JSON_TYPE = 'application/json';
const ACCEPT = {
  full: { one: JSON_TYPE, list: JSON_TYPE },
  metadata: {
    one: `${JSON_TYPE};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`,
    list: `${JSON_TYPE};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1`,
  },
};

interface ListBody<T> {
  readonly items?: readonly T[] | null;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

export interface ApiResourceOptions {
  readonly requester: Requester;
  readonly form: 'full' | 'metadata';
  /** Called when the server does not know the type. */
  readonly notServed: () => void;
}

/** The requests of one kind, by way of a requester. */
export class ApiResource<T extends KubeObject> implements Resource<T> {
  readonly kind: Kind<T>;
  readonly #options: ApiResourceOptions;
  readonly #accept: { readonly one: string; readonly list: string };

  constructor(kind: Kind<T>, options: ApiResourceOptions) {
    this.kind = kind;
    this.#options = options;
    this.#accept = ACCEPT[options.form];
  }

  async get(ref: Ref, { signal }: CallOptions): Promise<T> {
    const doing = `getting ${describeObject(this.kind, ref)}`;
    const path = objectPath(this.kind, ref);
    return this.#typed(
      (await this.#read({
        doing,
        method: 'GET',
        path,
        lane: this.#lane(undefined),
        accept: this.#accept.one,
        signal,
      })) as T,
    );
  }

  async find(ref: Ref, options: CallOptions): Promise<T | undefined> {
    try {
      return await this.get(ref, options);
    } catch (error) {
      if (isKubeError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Asks for the next page while the caller works on one. */
  async *list(options: Selection & CallOptions & { readonly limit?: number }): AsyncGenerator<Page<T>> {
    const { signal: outer, limit = PAGE_SIZE, namespace, labelSelector, fieldSelector } = options;
    const stop = new AbortController();
    const signal = AbortSignal.any([outer, stop.signal]);
    const collection = collectionPath(this.kind, namespace);
    const load = (from: string | undefined): Promise<ListBody<T>> =>
      this.#page(collection + query({ limit, continue: from, labelSelector, fieldSelector }), signal);
    let page: Promise<ListBody<T>> | undefined = load(undefined);
    try {
      while (page !== undefined) {
        const { items, metadata }: ListBody<T> = await page;
        page = metadata.continue ? load(metadata.continue) : undefined;
        // Its error is for whoever asks for that page, and for nobody when the caller stops here.
        page?.catch(() => undefined);
        yield { items: (items ?? []).map((item) => this.#typed(item)), resourceVersion: metadata.resourceVersion };
      }
    } finally {
      stop.abort();
    }
  }

  watch(options: Parameters<Resource<T>['watch']>[0]): AsyncGenerator<WatchEvent<T>> {
    const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, initialEvents, signal } = options;
    const beginning = initialEvents === true ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } : {};
    const selection = { labelSelector, fieldSelector, resourceVersion, timeoutSeconds };
    const parameters = query({ watch: 1, allowWatchBookmarks: true, ...beginning, ...selection });
    const path = collectionPath(this.kind, namespace) + parameters;
    const doing = `watching ${describeKind(this.kind)}`;
    return watchEvents(() => this.#openWatch({ doing, path, signal }), doing, signal);
  }

  async create(object: NewObject<T>, options: WriteOptions): Promise<T> {
    const { metadata } = object;
    const ref = {
      namespace: metadata.namespace,
      name: 'name' in metadata ? metadata.name : `${metadata.generateName}…`,
    };
    return this.#write({
      doing: `creating ${describeObject(this.kind, ref)}`,
      method: 'POST',
      path: collectionPath(this.kind, ref.namespace),
      body: this.#withType(object),
      options,
    });
  }

  async replace(object: T, options: WriteOptions & { readonly subresource?: 'status' | 'approval' }): Promise<T> {
    const { subresource } = options;
    return this.#write({
      doing: `replacing ${ofSubresource(subresource)}${describeObject(this.kind, object.metadata)}`,
      method: 'PUT',
      path: objectPath(this.kind, object.metadata, subresource),
      body: this.#withType(object),
      subresource,
      options,
    });
  }

  async delete(ref: Ref, { uid, resourceVersion, propagation, signal }: DeleteOptions): Promise<'accepted' | 'gone'> {
    const guard = {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    };
    const answer = await this.#read({
      doing: `deleting ${describeObject(this.kind, ref)}`,
      method: 'DELETE',
      path: objectPath(this.kind, ref),
      headers: { 'content-type': JSON_TYPE },
      body: JSON.stringify({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(Object.keys(guard).length === 0 ? {} : { preconditions: guard }),
        ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
      }),
      lane: this.#lane(undefined),
      // The answer may be the whole object, of which nothing is needed.
      accept: ACCEPT.metadata.one,
      signal,
    });
    return isSuccess(answer) ? 'gone' : 'accepted';
  }

  async patchStatus(seen: T, next: StatusOf<T>, options: WriteOptions): Promise<T> {
    const { status } = seen as { readonly status?: object };
    return this.#patchMember(seen, { member: 'status', before: status, after: next }, options);
  }

  async patchSpec(seen: T, next: SpecOf<T>, options: WriteOptions): Promise<T> {
    const { spec } = seen as { readonly spec?: object };
    return this.#patchMember(seen, { member: 'spec', before: spec, after: next }, options);
  }

  async patchMetadata(seen: T, change: MetadataChange, options: WriteOptions): Promise<T> {
    const metadata = metadataPatch(seen.metadata, change);
    if (metadata === undefined) return seen;
    return this.mergePatch(seen.metadata, { metadata: { ...this.#guard(seen), ...metadata } }, options);
  }

  async mergePatch(ref: Ref, patch: object, options: WriteOptions & { readonly subresource?: string }): Promise<T> {
    const { subresource } = options;
    return this.#write({
      doing: `patching ${ofSubresource(subresource)}${describeObject(this.kind, ref)}`,
      method: 'PATCH',
      path: objectPath(this.kind, ref, subresource),
      type: 'application/merge-patch+json',
      body: patch,
      subresource,
      options,
    });
  }

  async apply(
    object: T,
    options: WriteOptions & { readonly fieldManager: string; readonly force?: boolean; readonly subresource?: string },
  ): Promise<T> {
    const { subresource, force } = options;
    return this.#write({
      doing: `applying ${ofSubresource(subresource)}${describeObject(this.kind, object.metadata)}`,
      method: 'PATCH',
      path: objectPath(this.kind, object.metadata, subresource),
      type: 'application/apply-patch+yaml',
      body: this.#withType(object),
      subresource,
      options,
      force,
    });
  }

  metadata(): Resource<KubeObject> {
    const { group, version, kind, plural, namespaced } = this.kind;
    return new ApiResource({ group, version, kind, plural, namespaced }, { ...this.#options, form: 'metadata' });
  }

  async #page(path: string, signal: AbortSignal): Promise<ListBody<T>> {
    const page = await this.#read({
      doing: `listing ${describeKind(this.kind)}`,
      method: 'GET',
      path,
      headers: { 'accept-encoding': 'gzip' },
      lane: 'normal',
      accept: this.#accept.list,
      signal,
    });
    return page as ListBody<T>;
  }

  async #openWatch(request: Pick<ApiRequest, 'doing' | 'path' | 'signal'>): Promise<WireResponse> {
    const response = await this.#options.requester.stream({
      ...request,
      method: 'GET',
      headers: { accept: this.#accept.one },
      lane: 'normal',
      retry: true,
    });
    if (response.status !== 200) throw this.#refused(request.doing, await refusalOf(response));
    return response;
  }

  async #patchMember(
    seen: T,
    { member, before, after }: { member: 'status' | 'spec'; before: object | undefined; after: object },
    options: WriteOptions,
  ): Promise<T> {
    if (semanticEqual(before, after)) return seen;
    const change = mergePatchBetween(before ?? {}, after);
    if (change === undefined) return seen;
    const patch = { metadata: this.#guard(seen), [member]: change };
    return this.mergePatch(seen.metadata, patch, member === 'status' ? { ...options, subresource: member } : options);
  }

  /** What makes the server refuse the patch when the object is another one by now. */
  #guard({ metadata }: T): { readonly uid: string; readonly resourceVersion: string } {
    const { uid, resourceVersion } = metadata;
    if (uid !== undefined && resourceVersion !== undefined) return { uid, resourceVersion };
    const what = `patching ${describeObject(this.kind, metadata)}`;
    throw new KubeError(`${what}: metadata.uid and metadata.resourceVersion of the object that was read are needed`, {
      code: 'bad-request',
    });
  }

  async #write({ doing, method, path, type = JSON_TYPE, body, subresource, options, force }: Write): Promise<T> {
    const { fieldManager, dryRun, impersonate, signal } = options;
    const parameters = query({ fieldManager, force, dryRun: dryRun === true ? 'All' : undefined });
    return (await this.#read({
      doing,
      method,
      path: path + parameters,
      headers: { 'content-type': type, ...(impersonate === undefined ? {} : { 'impersonate-user': impersonate }) },
      body: JSON.stringify(body),
      lane: this.#lane(subresource),
      accept: this.#accept.one,
      signal,
    })) as T;
  }

  /** The parsed body of a 2xx answer. */
  async #read({
    accept,
    headers,
    ...request
  }: Omit<ApiRequest, 'retry'> & { readonly accept: string }): Promise<unknown> {
    const answer = await this.#options.requester.exchange({ ...request, headers: { ...headers, accept }, retry: true });
    if (answer.status < 200 || answer.status >= 300) throw this.#refused(request.doing, answer);
    try {
      return parseExact(answer.text);
    } catch (error) {
      throw new KubeError(`${request.doing}: the answer is not JSON`, { code: 'unavailable', cause: error });
    }
  }

  #refused(doing: string, answer: Refusal): KubeError {
    const error = errorOfRefusal(doing, answer, this.#options.requester.credentialNote());
    if (error.code === 'not-served') this.#options.notServed();
    return error;
  }

  /** Without leases and status, a cluster looks dead: they overtake. */
  #lane(subresource: string | undefined): RequestLane {
    const isLease = this.kind.group === 'coordination.k8s.io' && this.kind.plural === 'leases';
    return isLease || subresource !== undefined ? 'priority' : 'normal';
  }

  /** Items of built-in kinds come without their type in lists. */
  #typed(object: T): T {
    return object.kind === undefined ? this.#withType(object) : object;
  }

  #withType<O extends object>(object: O): O {
    return { apiVersion: apiVersionOf(this.kind), kind: this.kind.kind, ...object };
  }
}

interface Write {
  readonly doing: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly type?: string;
  readonly body: object;
  readonly subresource?: string | undefined;
  readonly options: WriteOptions;
  readonly force?: boolean | undefined;
}

function ofSubresource(subresource: string | undefined): string {
  return subresource === undefined ? '' : `${subresource} of `;
}

/** Of an object that is not gone at once the server returns what is left of it. */
function isSuccess(answer: unknown): boolean {
  const { kind, status } = answer as { readonly kind?: unknown; readonly status?: unknown };
  return kind === 'Status' && status === 'Success';
}
