import type { Kind } from '../kind.ts';
import type { KubeObject, LabelSelector } from '../meta.ts';

/** rbac.authorization.k8s.io/v1 PolicyRule. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** The role that a binding grants; it cannot be changed. */
export interface RoleRef {
  readonly apiGroup: 'rbac.authorization.k8s.io';
  readonly kind: 'ClusterRole' | 'Role';
  readonly name: string;
}

/** Who a binding is for. The API server fills the group of users and groups. */
export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly apiGroup?: string;
  readonly name: string;
  /** Of a ServiceAccount. */
  readonly namespace?: string;
}

/** rbac.authorization.k8s.io/v1 ClusterRole. */
export interface ClusterRole extends KubeObject {
  readonly rules?: readonly PolicyRule[];
  /** The rules of all ClusterRoles that one of the selectors finds; `rules` is then filled by a controller. */
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

/** rbac.authorization.k8s.io/v1 Role. */
export interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[];
}

/** rbac.authorization.k8s.io/v1 ClusterRoleBinding. */
export interface ClusterRoleBinding extends KubeObject {
  readonly roleRef: RoleRef;
  readonly subjects?: readonly Subject[];
}

/** rbac.authorization.k8s.io/v1 RoleBinding. */
export interface RoleBinding extends KubeObject {
  readonly roleRef: RoleRef;
  readonly subjects?: readonly Subject[];
}

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;

export const ClusterRole: Kind<ClusterRole> = {
  ...RBAC,
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
};

export const Role: Kind<Role> = { ...RBAC, kind: 'Role', plural: 'roles', namespaced: true };

export const ClusterRoleBinding: Kind<ClusterRoleBinding> = {
  ...RBAC,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};

export const RoleBinding: Kind<RoleBinding> = {
  ...RBAC,
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
};
