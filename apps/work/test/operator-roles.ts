import { ClusterRole, ClusterRoleBinding, type PolicyRule } from '@ocm/api';
import { aClusterRole, aClusterRoleBinding, grantRights } from '@ocm/testing';
import type { Lab } from './lab.ts';

const READ = ['get', 'list', 'watch'];
const ALL = [...READ, 'create', 'update', 'patch', 'delete'];
const WORK_GROUP = 'work.open-cluster-management.io';
const RBAC_GROUP = 'rbac.authorization.k8s.io';
const AGGREGATE = 'open-cluster-management.io/aggregate-to-work';

/** The agent as the operator of the managed cluster makes it. */
export const AGENT_USER = 'klusterlet-work-sa';

const agentRules: readonly PolicyRule[] = [
  { apiGroups: [WORK_GROUP], resources: ['appliedmanifestworks'], verbs: ALL },
  { apiGroups: [WORK_GROUP], resources: ['appliedmanifestworks/status'], verbs: ['patch', 'update'] },
  { apiGroups: [WORK_GROUP], resources: ['appliedmanifestworks/finalizers'], verbs: ['update'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
];

const executionRules: readonly PolicyRule[] = [
  {
    apiGroups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    verbs: [...READ, 'create', 'delete', 'update'],
  },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['create', 'update', 'patch', 'delete'] },
  { apiGroups: [RBAC_GROUP], resources: ['clusterrolebindings', 'rolebindings'], verbs: ALL },
  { apiGroups: [RBAC_GROUP], resources: ['clusterroles', 'roles'], verbs: [...ALL, 'escalate', 'bind'] },
  { apiGroups: ['monitoring.coreos.com'], resources: ['servicemonitors'], verbs: ALL },
  { apiGroups: ['oauth.openshift.io'], resources: ['oauthclients'], verbs: ALL },
  { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], verbs: ALL },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    verbs: [...READ, 'create', 'update', 'patch'],
  },
];

/** Gives the agent on the managed cluster the rights of work 17.1 and no others; needs the controllers that sum roles up. */
export async function grantSpokeRoles({ admin, signal }: Lab): Promise<void> {
  const roles = admin.kind(ClusterRole);
  const labels = { [AGGREGATE]: 'true' };
  await roles.create(aClusterRole({ name: 'klusterlet-work:execution', labels, rules: executionRules }), { signal });
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: labels }] };
  await roles.create(
    { ...aClusterRole({ name: 'klusterlet-work:aggregate', rules: [] }), aggregationRule },
    { signal },
  );
  for (const role of ['admin', 'klusterlet-work:aggregate']) {
    const binding = aClusterRoleBinding({ name: `klusterlet-work:bound-${role}`, role, subjects: [AGENT_USER] });
    await admin.kind(ClusterRoleBinding).create(binding, { signal });
  }
  await grantRights(admin, { name: 'klusterlet-work:agent', to: { user: AGENT_USER }, rules: agentRules }, signal);
}

/** What the hub gives the agents of a cluster in its namespace (work 17.2). */
const hubRules: readonly PolicyRule[] = [
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  { apiGroups: [WORK_GROUP], resources: ['manifestworks'], verbs: [...READ, 'update', 'patch'] },
  { apiGroups: [WORK_GROUP], resources: ['manifestworks/status'], verbs: ['patch', 'update'] },
];

/** The group of the agents of a cluster, which has the rights of work 17.2 on the hub and no others. */
export async function grantHubRole({ admin, signal }: Lab, cluster: string): Promise<string> {
  const group = `system:open-cluster-management:${cluster}`;
  await grantRights(admin, { name: 'managedcluster:work', to: { group }, rules: hubRules, namespace: cluster }, signal);
  return group;
}
