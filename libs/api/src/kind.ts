import type { KubeObject } from './meta.ts';

/** Where an API type is served. `object` exists for the compiler only: it carries the type and is never set. */
export interface Kind<T extends KubeObject = KubeObject> {
  /** API group; the core group is the empty string. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly object?: T;
}

/** `apiVersion` of the kind: `v1`, or `group/version`. */
export function apiVersionOf({ group, version }: Pick<Kind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}
