import type { Kind } from '@ocm/api';
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

/** How one type of resource is used. */
export interface TypeUse {
  /** A version in which some of the objects are listed: which one tells of an object makes no difference while it is served. */
  readonly sample: { readonly group: string; readonly resource: string; readonly version: string };
  /** Cluster-scoped objects are in the namespace ''. */
  readonly byNamespace: ReadonlyMap<string, UseCount>;
}

interface UseCount {
  readonly objects: number;
  /** Those of which values are reported. */
  readonly reported: number;
}

/** What to watch so that all objects are covered; where the limits do not allow all, those that are reported and those with most objects. */
export function planWatches(uses: Iterable<TypeUse>, { namespaces, watches }: WatchLimits): readonly WatchScope[] {
  const types = [...uses];
  const fine = types.flatMap((type) => (type.byNamespace.size > namespaces ? [everywhere(type)] : eachNamespace(type)));
  const scopes = fine.length <= watches ? fine : types.map(everywhere);
  const byWeight = scopes.toSorted(
    (a, b) =>
      Number(b.reported > 0) - Number(a.reported > 0) || b.objects - a.objects || (a.scope.key < b.scope.key ? -1 : 1),
  );
  return byWeight.slice(0, watches).map(({ scope }) => scope);
}

/** Keys of the scopes that can tell about a resource, the narrower first. */
export function scopeKeysOf({ group = '', resource, namespace = '' }: ScopedResource): readonly string[] {
  const type = `${group}/${resource}`;
  return namespace === '' ? [type] : [`${type}/${namespace}`, type];
}

interface ScopedResource {
  readonly group?: string | undefined;
  readonly resource: string;
  readonly namespace?: string | undefined;
}

interface WeightedScope extends UseCount {
  readonly scope: WatchScope;
}

function everywhere({ sample, byNamespace }: TypeUse): WeightedScope {
  const counts = [...byNamespace.values()];
  const isNamespaced = !byNamespace.has('');
  return {
    scope: {
      key: scopeKeysOf(sample)[0] ?? '',
      kind: { ...kindOf(sample), namespaced: isNamespaced },
      namespace: undefined,
    },
    objects: counts.reduce((sum, { objects }) => sum + objects, 0),
    reported: counts.reduce((sum, { reported }) => sum + reported, 0),
  };
}

function eachNamespace({ sample, byNamespace }: TypeUse): readonly WeightedScope[] {
  return [...byNamespace].map(([namespace, count]) => {
    const [key = ''] = scopeKeysOf({ ...sample, namespace });
    const kind = kindOf({ ...sample, namespace });
    return { scope: { key, kind, namespace: namespace === '' ? undefined : namespace }, ...count };
  });
}
