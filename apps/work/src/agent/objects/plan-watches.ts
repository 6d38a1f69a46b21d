import type { AppliedResource, Kind } from '@ocm/api';
import { kindOf } from '../manifest/resource-id.ts';

/** A watch on the metadata of one resource, in one namespace or everywhere. */
export interface WatchScope {
  readonly key: string;
  readonly kind: Kind;
  /** `undefined`: all namespaces, or a cluster-scoped resource. */
  readonly namespace: string | undefined;
}

export interface WatchLimits {
  /** A resource that is used in more namespaces is watched in all at once. */
  readonly namespaces: number;
  /** Watches share one connection, of which the API server serves a limited number of streams. */
  readonly watches: number;
}

/** What to watch so that all applied resources are covered, or those with most objects where the limits do not allow all. */
export function planWatches(
  resources: Iterable<AppliedResource>,
  { namespaces, watches }: WatchLimits,
): readonly WatchScope[] {
  const byType = new Map<string, TypeUse>();
  for (const resource of resources) count(resource, byType);
  const types = [...byType.values()];
  const fine = types.flatMap((type) => (type.byNamespace.size > namespaces ? [everywhere(type)] : eachNamespace(type)));
  const scopes = fine.length <= watches ? fine : types.map(everywhere);
  const byWeight = scopes.toSorted((a, b) => b.objects - a.objects || (a.scope.key < b.scope.key ? -1 : 1));
  return byWeight.slice(0, watches).map(({ scope }) => scope);
}

/** Keys of the scopes that can tell about a resource, the narrower first. */
export function scopeKeysOf({ group = '', resource, namespace = '' }: ScopedResource): readonly string[] {
  const type = `${group}/${resource}`;
  return namespace === '' ? [type] : [`${type}/${namespace}`, type];
}

type ScopedResource = Pick<AppliedResource, 'group' | 'resource' | 'namespace'>;

/** How one type is used. */
interface TypeUse {
  /** The first that was met: which version tells of an object makes no difference. */
  readonly sample: AppliedResource;
  /** Number of objects; cluster-scoped ones are in the namespace ''. */
  readonly byNamespace: Map<string, number>;
}

interface WeightedScope {
  readonly scope: WatchScope;
  readonly objects: number;
}

function count(resource: AppliedResource, byType: Map<string, TypeUse>): void {
  const { namespace = '' } = resource;
  const type = `${resource.group ?? ''}/${resource.resource}`;
  const use = byType.get(type) ?? { sample: resource, byNamespace: new Map<string, number>() };
  use.byNamespace.set(namespace, (use.byNamespace.get(namespace) ?? 0) + 1);
  byType.set(type, use);
}

function everywhere({ sample, byNamespace }: TypeUse): WeightedScope {
  const objects = [...byNamespace.values()].reduce((sum, each) => sum + each, 0);
  return { scope: scopeOf(sample, ''), objects };
}

function eachNamespace({ sample, byNamespace }: TypeUse): readonly WeightedScope[] {
  return [...byNamespace].map(([namespace, objects]) => ({ scope: scopeOf(sample, namespace), objects }));
}

function scopeOf(sample: AppliedResource, namespace: string): WatchScope {
  const [key = ''] = scopeKeysOf({ ...sample, namespace });
  return { key, kind: kindOf(sample), namespace: namespace === '' ? undefined : namespace };
}
