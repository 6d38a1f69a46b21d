import { isDeleting, type Kind, type KubeObject, type ManifestWork, type OwnerReference } from '@ocm/api';
import {
  type Clock,
  type Controller,
  defineController,
  done,
  informer,
  type KubeClient,
  type KubeMetrics,
  type Logger,
  keyOf,
  type Outcome,
  refOf,
  type Resource,
  silentLogger,
} from '@ocm/kube';
import { judgeOwners } from './judge-owners.ts';

const RESYNC_MS = 600_000;

export interface OwnerCollectorOptions {
  /** Of the API server where the owners are. */
  readonly client: Pick<KubeClient, 'kind'>;
  /** Those of the source client. */
  readonly works: Resource<ManifestWork>;
  /** Kinds whose deletion counts; owners of other kinds are taken to be there. */
  readonly owners: readonly Kind[];
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly metrics?: KubeMetrics;
}

/**
 * The garbage collector for works that are not in Kubernetes, whose owners are (cloudevents-grpc 9.8): a work is deleted with the last of its
 * owners, in the background; before that it loses the reference. Owners are watched by metadata only. That one is gone is asked of the API server
 * before anything is deleted, also of those that went while nobody looked.
 */
export function ownerCollector({ client, works, owners, ...options }: OwnerCollectorOptions): Controller {
  const { log = silentLogger } = options;
  const owned = informer(works, {
    ...options,
    resyncMs: RESYNC_MS,
    keep: ({ metadata }) => (metadata.ownerReferences ?? []).some((owner) => kindOf(owner, owners) !== undefined),
    // Of a work, nothing but its owners matters.
    transform: ({ metadata }) => ({ metadata }),
    indexes: { owner: ({ metadata }) => (metadata.ownerReferences ?? []).map(({ uid }) => uid) },
  });
  const caches = owners.map((kind) => {
    const live = client.kind(kind).metadata();
    const cache = informer(live, { ...options, resyncMs: RESYNC_MS, indexes: { uid: uidOf } });
    return { kind, live, cache };
  });

  async function isGone(owner: OwnerReference, signal: AbortSignal): Promise<boolean> {
    const known = caches.find(({ kind }) => kind === kindOf(owner, owners));
    if (known === undefined || known.cache.by('uid', owner.uid).length > 0) return false;
    // A reference does not say in which namespace its owner is.
    const fieldSelector = `metadata.name=${owner.name}`;
    for await (const { items } of known.live.list({ fieldSelector, signal })) {
      if (items.some(({ metadata }) => metadata.uid === owner.uid)) return false;
    }
    return true;
  }

  async function collect(work: ManifestWork, signal: AbortSignal): Promise<Outcome> {
    const { ownerReferences = [], namespace, name, uid } = work.metadata;
    const answers = await Promise.all(ownerReferences.map((owner) => isGone(owner, signal)));
    const gone = ownerReferences.flatMap((owner, index) => (answers[index] === true ? [owner.uid] : []));
    const verdict = judgeOwners(ownerReferences, new Set(gone));
    if (verdict.kind === 'keep') return done();
    if (verdict.kind === 'delete') await works.delete({ namespace, name }, { uid, signal });
    else await works.patchMetadata(work, { ownerReferences: verdict.owners }, { signal });
    log.info({ work: keyOf(work), owners: gone, action: verdict.kind }, 'owners are gone');
    return done();
  }

  return defineController({
    name: 'OwnerCollector',
    watches: [
      owned.events(({ object }) => keyOf(object)),
      ...caches.map(({ cache }) =>
        cache.events((event) =>
          event.type === 'deleted'
            ? uidOf(event.object).flatMap((uid) => owned.by('owner', uid).map(keyOf))
            : undefined,
        ),
      ),
    ],
    async reconcile(key, signal) {
      const work = owned.get(refOf(key));
      return work === undefined || isDeleting(work) ? done() : collect(work, signal);
    },
  });
}

function uidOf({ metadata }: KubeObject): readonly string[] {
  return metadata.uid === undefined ? [] : [metadata.uid];
}

/** Versions do not matter: the object is the same in all of them. */
function kindOf({ apiVersion, kind }: OwnerReference, kinds: readonly Kind[]): Kind | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return kinds.find((candidate) => candidate.group === group && candidate.kind === kind);
}
