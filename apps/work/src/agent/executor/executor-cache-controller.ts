import {
  ClusterRole,
  ClusterRoleBinding,
  type Kind,
  type KubeObject,
  type ManifestWork,
  Role,
  RoleBinding,
  type RoleRef,
  type Subject,
} from '@ocm/api';
import {
  type Clock,
  type Controller,
  defineController,
  done,
  every,
  type Informer,
  informer,
  type KubeClient,
  type KubeMetrics,
  type Logger,
  type ObjectEvent,
} from '@ocm/kube';
import { idOf } from '../manifest/resource-id.ts';
import { isOwnedByWork } from '../ownership/owner.ts';
import type { WorkSource } from '../source/work-source.ts';
import { executorAccount } from './executor-account.ts';
import { executorKey, type ExecutorCache, type ExecutorQuestion } from './executor-cache.ts';

/** The key of the sweep; executors have a slash in theirs. */
const SWEEP = 'sweep';

type Binding = KubeObject & { readonly roleRef: RoleRef; readonly subjects?: readonly Subject[] };
type ByRole = 'role';

export interface ExecutorCacheOptions {
  readonly cache: ExecutorCache;
  readonly spoke: Pick<KubeClient, 'kind'>;
  readonly source: Pick<WorkSource, 'list'>;
  readonly sweepMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: KubeMetrics | undefined;
}

/**
 * Drops remembered answers when a binding of the executor, or a role that it is bound to, changes (work 10.4). Rights by way of groups and
 * users are not followed.
 */
export function executorCacheController(options: ExecutorCacheOptions): Controller {
  const { cache, source, sweepMs, clock } = options;
  const clusterBindings = bindings(ClusterRoleBinding, options);
  const localBindings = bindings(RoleBinding, options);
  const boundTo = (role: string): readonly string[] =>
    [...clusterBindings.by('role', role), ...localBindings.by('role', role)].flatMap(executorsOf);
  return defineController({
    name: 'ManifestWorkExecutorCache',
    workers: 1,
    watches: [
      clusterBindings.events(affectedBy),
      localBindings.events(affectedBy),
      roles(ClusterRole, options).events(({ object }) => boundTo(roleKey('ClusterRole', object.metadata))),
      roles(Role, options).events(({ object }) => boundTo(roleKey('Role', object.metadata))),
      every(sweepMs, SWEEP, { clock }),
    ],
    reconcile(key) {
      if (key === SWEEP) cache.keepOnly(source.list().flatMap(questionsOf));
      else cache.forget(key);
      return Promise.resolve(done());
    },
  });
}

/** What a work asks of its executor, as far as its manifests are known. */
function questionsOf({ spec, status }: ManifestWork): readonly ExecutorQuestion[] {
  const account = executorAccount(spec?.executor);
  if (account.kind !== 'account') return [];
  return (status?.resourceStatus?.manifests ?? []).map(({ resourceMeta }) => {
    const id = idOf(resourceMeta);
    return { account, id, version: resourceMeta.version ?? '', isOwned: isOwnedByWork(spec?.deleteOption, id) };
  });
}

/** Keys of the service accounts that a binding is for, after an event also of those that it was for. */
function affectedBy(event: ObjectEvent<Binding>): readonly string[] {
  const before = event.type === 'updated' ? executorsOf(event.previous) : [];
  return [...before, ...executorsOf(event.object)];
}

function executorsOf({ subjects = [], metadata }: Binding): readonly string[] {
  return subjects
    .filter(({ kind }) => kind === 'ServiceAccount')
    .map(({ namespace = metadata.namespace ?? '', name }) => executorKey({ namespace, name }));
}

function bindings(kind: Kind<Binding>, options: ExecutorCacheOptions): Informer<Binding, ByRole> {
  return informer(options.spoke.kind(kind), {
    ...common(options),
    indexes: { role: ({ roleRef, metadata }) => [roleKey(roleRef.kind, { ...metadata, name: roleRef.name })] },
    transform: ({ metadata, roleRef, subjects = [] }) => ({ metadata: identity({ metadata }), roleRef, subjects }),
  });
}

/** Only that a role changes matters, not to what. */
function roles(kind: Kind, options: ExecutorCacheOptions) {
  return informer(options.spoke.kind(kind).metadata(), {
    ...common(options),
    transform: ({ metadata }) => ({ metadata: identity({ metadata }) }),
  });
}

function common({ clock, log, metrics }: ExecutorCacheOptions) {
  return { clock, log, ...(metrics === undefined ? {} : { metrics }) };
}

function identity({ metadata: { name, namespace, uid, resourceVersion } }: KubeObject): KubeObject['metadata'] {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

function roleKey(kind: RoleRef['kind'], { namespace = '', name }: KubeObject['metadata']): string {
  return kind === 'ClusterRole' ? `ClusterRole ${name}` : `Role ${namespace}/${name}`;
}
