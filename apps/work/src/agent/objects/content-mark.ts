import { hash } from 'node:crypto';
import type { KubeObject, OwnerReference } from '@ocm/api';

/**
 * A short text that changes with everything of an object but its status, as far as its metadata tell: kinds that count generations count
 * changes of the spec, and the rest is in the metadata themselves. For other kinds it is the resource version. An object that was made anew
 * has another mark.
 */
export function contentMark({ metadata }: KubeObject, { group }: { readonly group: string }): string {
  const { uid, generation, resourceVersion = '', labels, annotations, ownerReferences, deletionTimestamp } = metadata;
  if (generation === undefined || !countsChanges(group)) return resourceVersion;
  const rest = JSON.stringify([uid, labels, annotations, ownerReferences?.map(fieldsOf), deletionTimestamp]);
  return `${generation} ${hash('sha1', rest, 'base64url').slice(0, 12)}`;
}

/** Whether the generation of an object grows with each change of its content: that of a PriorityClass is always 1. */
function countsChanges(group: string): boolean {
  return group !== 'scheduling.k8s.io';
}

/** The API server orders the fields of a custom resource in another way than those of its metadata alone. */
function fieldsOf({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): readonly unknown[] {
  return [apiVersion, kind, name, uid, controller, blockOwnerDeletion];
}
