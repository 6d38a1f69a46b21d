import { ManifestWork } from '@ocm/api';
import { type CloudEvent, type HeldHashes, SequenceIds } from '@ocm/cloudevents';
import { isKubeError, type ObjectEvent, type Resource } from '@ocm/kube';
import { type Publication, type PushToSource, RefusedError, type SourceSide } from '../../event-service.ts';
import type { WorkCache } from '../bundle/bundle-service.ts';
import type { HeldWork } from '../bundle/held-work.ts';
import { requireAccess } from '../require-access.ts';
import { hubEnvelope, latestIn, type ServiceContext } from '../service-context.ts';
import { type Delivery, isSameOrigin, planUpdate, readDelivery } from './plan-delivery.ts';
import { concernsSource, sourceAnswers, sourceDeletedEvent, sourceStatusEvent } from './source-status.ts';
import { type Origin, originKey, originOf } from './work-origin.ts';

export interface SourceContext extends Pick<ServiceContext, 'client' | 'clock'> {
  readonly works: Resource<HeldWork>;
  readonly cache: WorkCache;
}

type Put = Extract<Delivery, { kind: 'put' }>;

/** Works of sources outside Kubernetes, as ManifestWorks on the hub (cloudevents-grpc 12.5). */
export class SourceWorks implements SourceSide {
  readonly #context: SourceContext;
  readonly #sequenceIds: SequenceIds;
  #push: PushToSource = () => undefined;

  constructor(context: SourceContext) {
    this.#context = context;
    this.#sequenceIds = new SequenceIds(() => context.clock.now());
  }

  async run({ push, signal }: Parameters<SourceSide['run']>[0]): Promise<void> {
    this.#push = push;
    const { cache } = this.#context;
    await cache.waitForSync(signal);
    if (signal.aborted) return;
    let isReplay = true; // of what is there already: sources ask for it
    const unsubscribe = cache.subscribe((change) => {
      if (!isReplay) this.#tell(change);
    });
    isReplay = false;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    unsubscribe();
  }

  answer(source: string, clusterName: string, held: HeldHashes): Iterable<CloudEvent> {
    const works = this.#context.cache.by('source', source);
    const asked = clusterName === '' ? works : works.filter(({ metadata }) => metadata.namespace === clusterName);
    return sourceAnswers(asked, held, {
      envelope: () => hubEnvelope(this.#context),
      latest: latestIn(this.#context.cache),
    });
  }

  /** Carries out what a source has published. */
  async accept(publication: Publication, signal: AbortSignal): Promise<void> {
    const delivery = readDelivery(publication);
    if (delivery.kind === 'delete') await this.#delete(delivery, signal);
    else await this.#put(delivery, publication, signal);
  }

  #tell(change: ObjectEvent<HeldWork>): void {
    const { object } = change;
    const origin = originOf(object);
    if (origin === undefined || !concernsSource(change)) return;
    if (change.type === 'deleted') this.#tellEnd(object, origin);
    else {
      const envelope = hubEnvelope(this.#context);
      this.#push(origin.source, sourceStatusEvent(object, origin, { action: 'update_request', envelope }));
    }
  }

  #tellEnd(work: Pick<ManifestWork, 'metadata'>, origin: Origin): void {
    const told = { origin, sequenceId: this.#sequenceIds.next(), envelope: hubEnvelope(this.#context) };
    this.#push(origin.source, sourceDeletedEvent(work, told));
  }

  async #put(delivery: Put, publication: Publication, signal: AbortSignal): Promise<void> {
    const { cache, works } = this.#context;
    const known = this.#find(delivery);
    if (known !== undefined) {
      await this.#mayDo('update', publication, signal);
      await this.#update(known, delivery, signal);
      return;
    }
    await this.#mayDo('create', publication, signal);
    try {
      cache.learn(await works.create(delivery.work, { signal }));
    } catch (error) {
      if (!isKubeError(error, 'exists')) throw error;
      // The cache may be behind; the name alone does not make it the same work.
      const stored = await works.find(delivery.work.metadata, { signal });
      if (stored === undefined || !isSameOrigin(originOf(stored), delivery.origin)) throw error;
      await this.#mayDo('update', publication, signal);
      await this.#update(stored, delivery, signal);
    }
  }

  async #update(stored: HeldWork, { origin, work }: Put, signal: AbortSignal): Promise<void> {
    const plan = planUpdate(stored, work, origin);
    if (plan.kind === 'deleting') {
      throw new RefusedError('failed-precondition', `the manifestbundle "${origin.resourceId}" is being deleted`);
    }
    if (plan.kind === 'nothing') return;
    const { cache, works } = this.#context;
    cache.learn(await works.mergePatch(stored.metadata, plan.patch, { signal }));
  }

  async #delete({ origin, work }: Extract<Delivery, { kind: 'delete' }>, signal: AbortSignal): Promise<void> {
    const { works } = this.#context;
    const stored = this.#find({ origin, work }) ?? (await works.find(work.metadata, { signal }));
    if (stored === undefined || !isSameOrigin(originOf(stored), origin)) {
      this.#tellEnd(work, origin);
      return;
    }
    try {
      await works.delete(stored.metadata, { uid: stored.metadata.uid, signal });
    } catch (error) {
      if (!isKubeError(error, 'not-found')) throw error;
      this.#tellEnd(work, origin);
    }
  }

  #find({
    origin,
    work,
  }: {
    readonly origin: Origin;
    readonly work: Pick<ManifestWork, 'metadata'>;
  }): HeldWork | undefined {
    const { namespace } = work.metadata;
    return this.#context.cache.by('origin', originKey(origin)).find(({ metadata }) => metadata.namespace === namespace);
  }

  /** An update that creates, or the other way round, was authorised as something else than it is. */
  async #mayDo(verb: 'create' | 'update', publication: Publication, signal: AbortSignal): Promise<void> {
    const { type, caller, clusterName } = publication;
    if (type.action === `${verb}_request`) return;
    const { group, plural } = ManifestWork;
    const resource = { verb, group, resource: plural, namespace: clusterName };
    await requireAccess(this.#context.client, { caller, resource }, signal);
  }
}
