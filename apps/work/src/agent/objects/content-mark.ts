import { hash } from 'node:crypto';
import type { KubeObject } from '@ocm/api';

/**
 * A short text that changes with everything of an object but its status, as far as its metadata tell: kinds that count generations count
 * changes of the spec, and the rest is in the metadata themselves. For other kinds it is the resource version.
 */
export function contentMark({ metadata }: KubeObject): string {
  const { generation, resourceVersion = '', labels, annotations, ownerReferences, deletionTimestamp } = metadata;
  if (generation === undefined) return resourceVersion;
  const rest = JSON.stringify([labels, annotations, ownerReferences, deletionTimestamp]);
  return `${generation} ${hash('sha1', rest, 'base64url').slice(0, 12)}`;
}
