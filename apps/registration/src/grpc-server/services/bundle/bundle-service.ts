import { ManifestWork } from '@ocm/api';
import { type CloudEvent, dataTypes, type HeldVersions, workOfBundleStatus } from '@ocm/cloudevents';
import { informer, isKubeError, type Resource } from '@ocm/kube';
import type { EventService, Publication, ServiceRun, SourceSide } from '../../event-service.ts';
import { followCache } from '../follow-cache.ts';
import { refuseOnError, unsupportedAction } from '../published-object.ts';
import { cacheOptions, type ClusterCache, hubEnvelope, latestIn, type ServiceContext } from '../service-context.ts';
import { sourceIndexes } from '../source/work-origin.ts';
import { SourceWorks } from '../source/source-works.ts';
import { bundleAnswers, bundleChangeEvent, concernsAgent } from './bundle-changes.ts';
import { type HeldWork, holdWork } from './held-work.ts';
import { judgeStatus, type StatusVerdict } from './judge-status.ts';

type WorkIndex = 'uid' | keyof typeof sourceIndexes;
export type WorkCache = ClusterCache<HeldWork, WorkIndex>;

/** ManifestWorks: agents get them as bundles and report their status; sources, where they are let in, deliver them. */
export class BundleService implements EventService {
  readonly dataType = dataTypes.bundle;
  readonly sources?: SourceSide;
  readonly #context: ServiceContext;
  readonly #works: Resource<HeldWork>;
  readonly #cache: WorkCache;
  readonly #fromSources: SourceWorks | undefined;

  constructor(context: ServiceContext, { sourceSubscriptions }: { readonly sourceSubscriptions: boolean }) {
    this.#context = context;
    this.#works = context.client.kind<HeldWork>(ManifestWork);
    this.#cache = informer(this.#works, {
      ...cacheOptions(context),
      transform: (work) => holdWork(work, { keepStatus: sourceSubscriptions }),
      indexes: {
        cluster: ({ metadata: { namespace = '' } }) => [namespace],
        uid: ({ metadata: { uid = '' } }) => [uid],
        ...sourceIndexes,
      },
    });
    if (!sourceSubscriptions) return;
    this.#fromSources = new SourceWorks({ ...context, works: this.#works, cache: this.#cache });
    this.sources = this.#fromSources;
  }

  run({ push, synced, isAwaited = () => true, signal }: ServiceRun): Promise<void> {
    const { clock } = this.#context;
    return followCache(this.#cache, {
      onChange: (change) => {
        const { namespace = '' } = change.object.metadata;
        if (isAwaited(namespace) && concernsAgent(change)) push(bundleChangeEvent(change, hubEnvelope({ clock })));
      },
      synced,
      clock,
      signal,
    });
  }

  answer(clusterName: string, held: HeldVersions): Iterable<CloudEvent> {
    const works = this.#cache.by('cluster', clusterName);
    const envelope = (): ReturnType<typeof hubEnvelope> => hubEnvelope(this.#context);
    const { log } = this.#context;
    return bundleAnswers(works, { clusterName, held }, { envelope, latest: latestIn(this.#cache), log });
  }

  async publish(publication: Publication, signal: AbortSignal): Promise<void> {
    const { subresource, action } = publication.type;
    if (subresource === 'spec') {
      if (this.#fromSources === undefined) throw unsupportedAction(publication);
      await this.#fromSources.accept(publication, signal);
      return;
    }
    const reported = refuseOnError('failed to decode the status of manifestbundles', 'failed-precondition', () =>
      workOfBundleStatus(publication.event),
    );
    const stored = this.#cache
      .by('uid', reported.metadata.uid ?? '')
      .find(({ metadata }) => metadata.namespace === publication.clusterName);
    if (stored === undefined) return;
    if (action !== 'update_request') throw unsupportedAction(publication);
    await this.#carryOut(judgeStatus(stored, reported), stored, signal);
  }

  async #carryOut(verdict: StatusVerdict, stored: HeldWork, signal: AbortSignal): Promise<void> {
    if (verdict.kind === 'nothing') return;
    try {
      if (verdict.kind === 'release') {
        await this.#works.patchMetadata(stored, { finalizers: verdict.finalizers }, { signal });
        return;
      }
      const { finalizers, status } = verdict;
      const held = finalizers === undefined ? stored : await this.#hold(stored, finalizers, signal);
      if (status !== undefined) this.#cache.learn(await this.#store(held, status, signal));
    } catch (error) {
      // It went meanwhile, and nobody waits for its status any more.
      if (!isKubeError(error, 'not-found')) throw error;
    }
  }

  async #hold(stored: HeldWork, finalizers: readonly string[], signal: AbortSignal): Promise<HeldWork> {
    const held = await this.#works.patchMetadata(stored, { finalizers }, { signal });
    this.#cache.learn(held);
    return held;
  }

  /** Guarded by the version that the finalizer patch has returned: that of the cache would be a conflict (cloudevents-grpc 13). */
  #store({ metadata }: HeldWork, status: object, signal: AbortSignal): Promise<HeldWork> {
    const { uid, resourceVersion } = metadata;
    const patch = { metadata: { uid, resourceVersion }, status };
    return this.#works.mergePatch(metadata, patch, { signal, subresource: 'status' });
  }
}
