import {
  type ClusterRole,
  type ClusterRoleBinding,
  finalizers,
  hasFinalizer,
  isDeleting,
  type RoleBinding,
  semanticEqual,
} from '@ocm/api';
import { clusterOf, slimRbac } from './slim-rbac.ts';

/** From a read, or slim from a cache. */
export type RbacObject = ClusterRole | ClusterRoleBinding | RoleBinding;

export type RbacPlan<T> =
  | { readonly kind: 'create' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'replace'; readonly object: T }
  /** Delete what is there, then create: a roleRef cannot be changed, and what is being deleted cannot be called back. */
  | { readonly kind: 'recreate' };

/**
 * How a permission object becomes what is wanted (registration 1.4): rules, subjects, roleRef and the wanted labels must agree; labels and
 * annotations of others stay; finalizers matter at creation only.
 */
export function planRbac<T extends RbacObject>(present: T | undefined, wanted: T): RbacPlan<T> {
  if (present === undefined) return { kind: 'create' };
  const cluster = clusterOf(wanted);
  const [is, should] = [slimRbac(present, cluster), slimRbac(wanted, cluster)];
  // A binding that waits for its last ManifestWork would vanish under an accepted cluster.
  if (isDeleting(present) && hasFinalizer(present, finalizers.workRoleBinding)) return { kind: 'recreate' };
  if (!semanticEqual(roleRefOf(is), roleRefOf(should))) return { kind: 'recreate' };
  const { metadata } = present;
  const labels = { ...metadata.labels, ...wanted.metadata.labels };
  if (semanticEqual(contentOf(is), contentOf(should)) && semanticEqual(metadata.labels, labels)) {
    return { kind: 'keep' };
  }
  return { kind: 'replace', object: { ...wanted, metadata: { ...metadata, labels } } };
}

function roleRefOf(object: RbacObject): unknown {
  return 'roleRef' in object ? object.roleRef : undefined;
}

function contentOf(object: RbacObject): unknown {
  if ('roleRef' in object) return object.subjects;
  const { rules, aggregationRule } = object;
  return { rules, aggregationRule };
}
