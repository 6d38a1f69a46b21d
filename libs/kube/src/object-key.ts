import type { KubeObject } from '@ocm/api';
import type { Ref } from './resource.ts';

/** Queue and cache key of an object: `name`, or `namespace/name`. */
export function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** The object that a key of `keyOf` names. */
export function refOf(key: string): { readonly namespace?: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The key of a reference. */
export function keyOfRef(ref: Ref): string {
  if (typeof ref === 'string') return ref;
  return ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
}
