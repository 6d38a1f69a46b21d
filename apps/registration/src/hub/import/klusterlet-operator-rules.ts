import { agentSecrets, imagePullSecret, type PolicyRule } from '@ocm/api';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'get', 'list', 'update', 'watch', 'patch'];
const ALL = [...WRITE, 'delete'];

/** Secrets that the operator reads and removes by name. */
const SECRETS = [
  imagePullSecret,
  agentSecrets.bootstrapKubeconfig,
  agentSecrets.hubKubeconfig,
  agentSecrets.externalManagedKubeconfig,
  agentSecrets.externalManagedKubeconfigWork,
  agentSecrets.externalManagedKubeconfigRegistration,
  agentSecrets.externalManagedKubeconfigAgent,
];

/** Rights of the klusterlet operator on its cluster (operator 10.3). */
export const klusterletOperatorRules: readonly PolicyRule[] = [
  rule('', ['configmaps', 'serviceaccounts'], ALL),
  rule('', ['secrets'], ['create']),
  { ...rule('', ['secrets'], ['update', ...READ, 'delete']), resourceNames: SECRETS },
  rule('', ['pods'], ['get']),
  rule('apps', ['replicasets'], ['get']),
  rule('coordination.k8s.io', ['leases'], WRITE),
  rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
  rule('', ['namespaces'], ALL),
  rule('', ['nodes'], READ),
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  rule('apps', ['deployments'], ALL),
  rule('rbac.authorization.k8s.io', ['clusterrolebindings', 'rolebindings'], ALL),
  rule('rbac.authorization.k8s.io', ['clusterroles', 'roles'], [...ALL, 'escalate', 'bind']),
  rule('apiextensions.k8s.io', ['customresourcedefinitions'], ALL),
  rule('operator.open-cluster-management.io', ['klusterlets'], [...READ, 'update', 'patch', 'delete']),
  rule('operator.open-cluster-management.io', ['klusterlets/status'], ['update', 'patch']),
  rule('work.open-cluster-management.io', ['appliedmanifestworks'], ['list', 'update', 'patch']),
  rule('networking.k8s.io', ['networkpolicies'], ALL),
];

function rule(apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [apiGroup], resources, verbs };
}
