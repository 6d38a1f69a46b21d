import type { PolicyRule } from '@ocm/api';

const READ = ['get', 'list', 'watch'];
const ALL = [...READ, 'create', 'update', 'patch', 'delete'];

/** The rights that the operator gives the hub controller with all gates off (registration 26), so that tests find a right that is missing. */
export const registrationControllerRules: readonly PolicyRule[] = [
  rule('certificates.k8s.io', ['certificatesigningrequests'], ['create', ...READ]),
  rule('certificates.k8s.io', ['certificatesigningrequests/status', 'certificatesigningrequests/approval'], ['update']),
  {
    ...rule('certificates.k8s.io', ['signers'], ['approve']),
    resourceNames: ['kubernetes.io/kube-apiserver-client'],
  },
  rule('', ['namespaces', 'serviceaccounts', 'configmaps'], [...READ, 'create', 'delete', 'update']),
  rule('', ['pods'], ['get']),
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  rule('apps', ['replicasets'], ['get']),
  rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
  rule('authentication.k8s.io', ['tokenreviews'], ['create']),
  rule('rbac.authorization.k8s.io', ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'], ALL),
  rule('coordination.k8s.io', ['leases'], ALL),
  rule('cluster.open-cluster-management.io', ['managedclusters'], [...READ, 'update', 'patch']),
  rule('cluster.open-cluster-management.io', ['managedclusters/status'], ['update', 'patch']),
  rule('cluster.open-cluster-management.io', ['managedclustersets'], ALL),
  rule('cluster.open-cluster-management.io', ['managedclustersets/status'], ['update', 'patch']),
  rule('cluster.open-cluster-management.io', ['managedclustersetbindings'], READ),
  rule('cluster.open-cluster-management.io', ['managedclustersetbindings/status'], ['update', 'patch']),
  rule('work.open-cluster-management.io', ['manifestworks'], [...ALL, 'deletecollection', 'execute-as']),
  rule('work.open-cluster-management.io', ['manifestworks/status'], ['patch', 'update']),
  rule('addon.open-cluster-management.io', ['managedclusteraddons'], [...READ, 'delete']),
  rule('addon.open-cluster-management.io', ['managedclusteraddons/status'], ['patch', 'update']),
  rule('register.open-cluster-management.io', ['managedclusters/clientcertificates'], ['renew']),
  rule('register.open-cluster-management.io', ['managedclusters/accept'], ['update']),
];

/** What the operator adds for the registration driver grpc. */
export const grpcDriverRules: readonly PolicyRule[] = [
  {
    ...rule('certificates.k8s.io', ['signers'], ['approve', 'sign']),
    resourceNames: ['open-cluster-management.io/grpc'],
  },
];

/** What the operator adds for the gate ClusterProfile. */
export const clusterProfileRules: readonly PolicyRule[] = [
  rule('multicluster.x-k8s.io', ['clusterprofiles'], ALL),
  rule('multicluster.x-k8s.io', ['clusterprofiles/status'], ['update', 'patch']),
];

/** What the operator adds for the gate ClusterImporter. */
export const clusterImporterRules: readonly PolicyRule[] = [
  rule('cluster.x-k8s.io', ['clusters'], READ),
  {
    ...rule('', ['secrets'], ['get']),
    resourceNames: ['cluster-import-config', 'open-cluster-management-image-pull-credentials'],
  },
  rule('', ['serviceaccounts/token'], ['create']),
];

/** What the installer has to add for it: the kubeconfigs of Cluster API are secrets of any name. */
export const capiKubeconfigRules: readonly PolicyRule[] = [rule('', ['secrets'], ['get'])];

function rule(apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [apiGroup], resources, verbs };
}
