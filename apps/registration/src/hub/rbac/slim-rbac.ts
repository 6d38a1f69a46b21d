import {
  type ClusterRole,
  clusterRoleName,
  labels,
  type PolicyRule,
  semanticEqual,
  type Subject,
  type RoleRef,
} from '@ocm/api';
import { clusterRoleRules, clusterSubjects, toClusterRole } from '../acceptance/cluster-rbac.ts';
import type { RbacObject } from './plan-rbac.ts';

// A fleet has four permission objects per cluster, all but the names in them alike. These stand for what differs only by the name. The API
// takes none of them, so nobody can store one.
const ACCEPTED_RULES: readonly PolicyRule[] = Object.freeze([{ verbs: ['accepted'] }]);
const DENIED_RULES: readonly PolicyRule[] = Object.freeze([{ verbs: ['denied'] }]);
const OWN_SUBJECTS: readonly Subject[] = Object.freeze([{ kind: 'Group', name: '' }]);
const OWN_ROLE: RoleRef = Object.freeze(toClusterRole(''));

/**
 * A permission object with marks in the place of content that is as the cluster should have it; anything else stays. Two objects mean the
 * same for a cluster exactly when they do so slimmed for it, and slimming twice is slimming once.
 */
export function slimRbac<T extends RbacObject>(object: T, cluster = clusterOf(object)): T {
  if (cluster === '') return object;
  return 'roleRef' in object
    ? { ...object, roleRef: slimRole(object.roleRef, cluster), subjects: slimSubjects(object.subjects, cluster) }
    : { ...object, rules: slimRules(object.rules, cluster) };
}

/** The cluster that a permission object belongs to; empty for those of all clusters. */
export function clusterOf({ metadata }: RbacObject): string {
  return metadata.labels?.[labels.clusterName] ?? '';
}

/** Whether a slim ClusterRole gives no more than a denied cluster may have. */
export function isDeniedRole({ rules }: ClusterRole): boolean {
  return semanticEqual(rules, DENIED_RULES);
}

function slimRules(rules: readonly PolicyRule[] | null | undefined, cluster: string): readonly PolicyRule[] {
  if (semanticEqual(rules, clusterRoleRules(cluster, 'accepted'))) return ACCEPTED_RULES;
  if (semanticEqual(rules, clusterRoleRules(cluster, 'denied'))) return DENIED_RULES;
  return rules ?? [];
}

function slimSubjects(subjects: readonly Subject[] | undefined, cluster: string): readonly Subject[] {
  return semanticEqual(subjects, clusterSubjects(cluster)) ? OWN_SUBJECTS : (subjects ?? []);
}

function slimRole(role: RoleRef, cluster: string): RoleRef {
  return semanticEqual(role, toClusterRole(clusterRoleName(cluster))) ? OWN_ROLE : role;
}
