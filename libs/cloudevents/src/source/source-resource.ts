import { annotations as annotationKeys, apiVersionOf, ManifestWork, semanticEqual } from '@ocm/api';
import {
  type CallOptions,
  type Clock,
  isKubeError,
  KubeError,
  type MetadataChange,
  type Page,
  type Ref,
  type Resource,
  type WatchEvent,
} from '@ocm/kube';
import { named } from '../client/generated-name.ts';
import { mergeInto } from '../client/merge-into.ts';
import { StoreReader, withGuard } from '../client/store-reader.ts';
import { workResourceId } from '../resource-id.ts';
import { workProblems } from './check-work.ts';
import { nextVersion, type Versions } from './next-version.ts';
import type { SourceReplica } from './source-replica.ts';
import { marksOf, specHash, withoutMarks } from './work-on-the-wire.ts';

/** Collaborators of the works of a source. */
export interface SourceResourceOptions {
  readonly sourceId: string;
  readonly versions: Versions;
  readonly clock: Clock;
  readonly random: () => number;
}

type Works = Resource<ManifestWork>;
type Work = ManifestWork;
type Annotations = NonNullable<Work['metadata']['annotations']>;

/**
 * The works of a source (cloudevents-grpc 9.8): reads come from the local store, writes are published first and kept when they were accepted.
 * The namespace of a work is the name of its cluster. Status is the agents' alone; whatever events cannot do is a KubeError with status 405.
 */
export class SourceResource implements Works {
  readonly kind = ManifestWork;
  readonly #replica: SourceReplica;
  readonly #reader: StoreReader<Work>;
  readonly #options: SourceResourceOptions;

  constructor(replica: SourceReplica, options: SourceResourceOptions) {
    this.#replica = replica;
    this.#reader = new StoreReader(ManifestWork, replica.store, options.clock);
    this.#options = options;
  }

  async get(ref: Ref, options: CallOptions): Promise<Work> {
    const found = await this.find(ref, options);
    if (found === undefined) throw this.#reader.notFound('getting', ref);
    return found;
  }

  async find(ref: Ref, options: CallOptions): Promise<Work | undefined> {
    return this.#reader.find(ref, options);
  }

  async *list(options: Parameters<Works['list']>[0]): AsyncGenerator<Page<Work>> {
    yield* this.#reader.list(options);
  }

  watch(options: Parameters<Works['watch']>[0]): AsyncGenerator<WatchEvent<Work>> {
    return this.#reader.watch(options);
  }

  async create(given: Parameters<Works['create']>[0], { signal }: CallOptions): Promise<Work> {
    const metadata = named<Work>(given, this.#options.random);
    this.#reader.checkFilled('creating', metadata);
    const { namespace = '', name } = metadata;
    const uid = workResourceId(this.#options.sourceId, { namespace, name });
    return this.#replica.turns.take(uid, () => this.#create({ ...given, metadata: { ...metadata, uid } }, signal));
  }

  async replace(work: Work): Promise<Work> {
    throw this.#reader.notSupported('replacing', work.metadata);
  }

  async delete(
    ref: Ref,
    { uid, resourceVersion = '0', signal }: Parameters<Works['delete']>[1],
  ): ReturnType<Works['delete']> {
    this.#reader.checkFilled('deleting', ref);
    const work = this.#replica.store.get(ref);
    if (work === undefined) return 'gone'; // cloudevents-grpc 9.8: unknown is a success
    const expected = withGuard(work, { resourceVersion, ...(uid === undefined ? {} : { uid }) });
    await this.#replica.turns.take(work.metadata.uid ?? '', () => this.#delete(expected, signal));
    return 'accepted';
  }

  async patchStatus(seen: Work): Promise<Work> {
    throw this.#reader.notSupported('patching status of', seen.metadata);
  }

  patchSpec(seen: Work, next: NonNullable<Work['spec']>, { signal }: CallOptions): Promise<Work> {
    return this.#patch(seen, (current) => ({ ...current, spec: next }), signal);
  }

  patchMetadata(seen: Work, change: MetadataChange, { signal }: CallOptions): Promise<Work> {
    return this.#patch(seen, (current) => merged(current, { metadata: change }), signal);
  }

  async mergePatch(ref: Ref, patch: object, options: Parameters<Works['mergePatch']>[2]): Promise<Work> {
    if (options.subresource !== undefined) throw this.#reader.notSupported('patching', ref);
    this.#reader.checkFilled('patching', ref);
    const seen = this.#replica.store.get(ref);
    if (seen === undefined) throw this.#reader.notFound('patching', ref);
    const { metadata = {} } = patch as { readonly metadata?: Partial<Work['metadata']> };
    const expected = withGuard(seen, { resourceVersion: '0', ...metadata });
    return this.#patch(expected, (current) => merged(current, patch), options.signal);
  }

  async apply(work: Work): Promise<Work> {
    throw this.#reader.notSupported('applying', work.metadata);
  }

  metadata(): ReturnType<Works['metadata']> {
    return this;
  }

  async #create(given: Work, signal: AbortSignal): Promise<Work> {
    const { graves, store } = this.#replica;
    if (store.get(given.metadata) !== undefined) throw this.#reader.exists('creating', given.metadata);
    const { versions, clock } = this.#options;
    const { uid = '', deletionTimestamp: _, resourceVersion: __, ...metadata } = given.metadata;
    const last = graves.sequenceId(uid); // what was said before that is not about this work
    const work: Work = {
      apiVersion: apiVersionOf(ManifestWork),
      kind: ManifestWork.kind,
      metadata: {
        ...metadata,
        uid,
        // Where its predecessor has not ended everywhere, the new one must be above it.
        generation: nextVersion(given, graves.version(uid), versions),
        creationTimestamp: instant(clock.now()),
        ...annotated(metadata.annotations, last === undefined ? {} : { [annotationKeys.eventSequenceId]: last }),
      },
      ...(given.spec === undefined ? {} : { spec: given.spec }),
    };
    this.#checkValid('creating', work);
    try {
      await this.#replica.publish(work, 'create_request', signal);
    } catch (error) {
      // It may have arrived all the same, and nobody has asked for it.
      const { namespace: cluster = '', generation: version = 0 } = work.metadata;
      graves.dig(uid, { cluster, version, sequenceId: last });
      throw error;
    }
    graves.close(uid);
    return this.#replica.keep(work);
  }

  #patch(seen: Work, change: (current: Work) => Work, signal: AbortSignal): Promise<Work> {
    return this.#replica.turns.take(seen.metadata.uid ?? '', () => this.#patchInTurn(seen, change, signal));
  }

  async #patchInTurn(seen: Work, change: (current: Work) => Work, signal: AbortSignal): Promise<Work> {
    this.#reader.checkFilled('patching', seen.metadata);
    const current = this.#reader.current('patching', seen);
    const next = withIdentity(change(current), current);
    const { finalizers = [] } = next.metadata;
    if (current.metadata.deletionTimestamp !== undefined && finalizers.length === 0) {
      this.#replica.drop(current); // whoever takes the finalizer off does not wait for the agent any more
      return next;
    }
    if (semanticEqual(sendable(current), sendable(next))) {
      return semanticEqual(current.metadata, next.metadata) ? current : this.#replica.keep(next);
    }
    this.#checkValid('patching', next);
    if (this.#isWhatWasFound(current, next)) return this.#replica.keep(next);
    const { generation = 0 } = current.metadata;
    const versioned = {
      ...next,
      metadata: { ...next.metadata, generation: nextVersion(next, generation, this.#options.versions) },
    };
    await this.#replica.publish(versioned, 'update_request', signal);
    return this.#replica.keep(versioned);
  }

  async #delete(seen: Work, signal: AbortSignal): Promise<void> {
    if (this.#replica.store.get(seen.metadata) === undefined) return;
    const current = this.#reader.current('deleting', seen);
    if (current.metadata.deletionTimestamp !== undefined) return;
    const deletionTimestamp = instant(this.#options.clock.now());
    const deleted = { ...current, metadata: { ...current.metadata, deletionTimestamp } };
    try {
      await this.#replica.publish(deleted, 'delete_request', signal);
    } catch (error) {
      // A refusal is an answer; anything else may have arrived all the same.
      if (isKubeError(error, 'unavailable')) this.#replica.reaffirm(current);
      throw error;
    }
    // Without a status the agent has not begun: it will be told again if it asks.
    if ((current.metadata.finalizers ?? []).length === 0) this.#replica.drop(deleted);
    else this.#replica.keep(deleted);
  }

  /** Whether a work that was found after a restart is already what it should be: then the agent has nothing to hear. */
  #isWhatWasFound(current: Work, next: Work): boolean {
    if (current.spec !== undefined || next.spec === undefined) return false;
    const isSameSpec = this.#replica.found.hash(current.metadata.uid ?? '') === specHash(next.spec);
    return isSameSpec && semanticEqual(sendable(current).metadata, sendable(next).metadata);
  }

  #checkValid(doing: string, work: Work): void {
    const problems = workProblems(work);
    if (problems.length === 0) return;
    const { name } = work.metadata;
    const text = `${doing} manifestworks.work.open-cluster-management.io "${name}": ${problems.join('; ')}`;
    throw new KubeError(text, { code: 'invalid', status: 422, reason: 'Invalid' });
  }
}

function merged(current: Work, patch: object): Work {
  return mergeInto(current, patch) as Work;
}

/** Identity, version, status and its order are nobody's to patch. */
function withIdentity(patched: Work, { metadata: own, status }: Work): Work {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = own;
  const identity = { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp };
  const kept = Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined));
  const { apiVersion, kind, spec, metadata } = patched;
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata: {
      ...metadata,
      ...annotated(withoutMarks(metadata.annotations), marksOf(own.annotations)),
      ...kept,
      name,
    },
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
  };
}

/** Annotations with marks of the store, if there are any of either. */
function annotated(own: Annotations | undefined, marks: Annotations): Pick<Work['metadata'], 'annotations'> {
  const all = { ...own, ...marks };
  return own === undefined && Object.keys(all).length === 0 ? {} : { annotations: all };
}

/** What the agent would be told of. */
function sendable({ metadata, spec }: Work): Pick<Work, 'spec'> & { readonly metadata: object } {
  const { labels = {}, annotations, ownerReferences = [] } = metadata;
  return {
    metadata: { labels, annotations: withoutMarks(annotations), ownerReferences },
    ...(spec === undefined ? {} : { spec }),
  };
}

/** Kubernetes writes instants without fractions of seconds. */
function instant(time: Date): string {
  return `${time.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
}
