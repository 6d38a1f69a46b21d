import type { Kind } from '@ocm/api';
import { KubeError } from './error.ts';
import type { Ref } from './resource.ts';

/** The parts of a Ref. */
function partsOf(ref: Ref): { readonly namespace?: string | undefined; readonly name: string } {
  return typeof ref === 'string' ? { name: ref } : ref;
}

/** Path of all objects of a kind, or of those in one namespace. Cluster-scoped kinds have no namespace, whatever is given (work 22). */
export function collectionPath({ group, version, plural, namespaced }: Kind, namespace: string | undefined): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const within =
    namespaced && namespace !== undefined && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${within}/${plural}`;
}

/**
 * Path of one object.
 *
 * @throws KubeError `bad-request` when the name, or the namespace of a namespaced kind, is missing: the path would mean the collection
 */
export function objectPath(kind: Kind, ref: Ref, subresource?: string): string {
  const { namespace, name } = partsOf(ref);
  const missing = name === '' ? 'name' : kind.namespaced && !namespace ? 'namespace' : undefined;
  if (missing !== undefined) {
    throw new KubeError(`${describeObject(kind, ref)}: a ${missing} is needed`, { code: 'bad-request' });
  }
  const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** `managedclusters.cluster.open-cluster-management.io`, `pods`. */
export function describeKind({ plural, group }: Kind): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `pods "default/a"`. */
export function describeObject(kind: Kind, ref: Ref): string {
  const { namespace, name } = partsOf(ref);
  if (name === '') return describeKind(kind); // a review
  return `${describeKind(kind)} "${kind.namespaced && namespace ? `${namespace}/` : ''}${name}"`;
}

/** `?a=1&b=2`; absent, empty and false parameters are left out. */
export function query(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const present = Object.entries(parameters).filter(
    ([, value]) => value !== undefined && value !== '' && value !== false,
  );
  const text = present.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&');
  return text === '' ? '' : `?${text}`;
}
