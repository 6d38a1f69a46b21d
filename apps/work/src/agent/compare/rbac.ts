import { type AnyObject, isJsonObject } from '../manifest/any-object.ts';
import type { KindRules } from './comparison.ts';
import { compareFields, enforceFields } from './enforce-fields.ts';
import { hasShapes } from './field-shape.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** Role: `rules`. */
export const roleRules: KindRules = enforceFields({ rules: 'list' });

/** ClusterRole: `rules` and `aggregationRule`; with an aggregation rule the rules belong to the aggregating controller (work 8.1). */
export const clusterRoleRules: KindRules = {
  fits: (manifest) => hasShapes(manifest, { rules: 'list', aggregationRule: 'object' }),
  compare: (required, live) =>
    compareFields(required, live, isJsonObject(required['aggregationRule']) ? ['aggregationRule'] : BOTH),
};

const BOTH = ['rules', 'aggregationRule'];

/** RoleBinding and ClusterRoleBinding: `subjects` and `roleRef`; the API server refuses another roleRef. */
export const roleBindingRules: KindRules = {
  ...enforceFields({ subjects: 'list', roleRef: 'object' }),
  prepare: withApiGroups,
};

function withApiGroups(manifest: AnyObject): AnyObject {
  const { roleRef, subjects, metadata, ...rest } = manifest;
  return {
    ...rest,
    metadata,
    ...(isJsonObject(roleRef) ? { roleRef: { ...roleRef, apiGroup: roleRef['apiGroup'] || RBAC_GROUP } } : {}),
    ...(Array.isArray(subjects) ? { subjects: subjects.map(withSubjectGroup) } : {}),
  };
}

function withSubjectGroup(subject: unknown): unknown {
  if (!isJsonObject(subject) || subject['kind'] !== 'User') return subject;
  return { ...subject, apiGroup: subject['apiGroup'] || RBAC_GROUP };
}
