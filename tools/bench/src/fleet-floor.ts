import { inParallel, type RawClient } from './raw-client.ts';

const CLUSTERS = '/apis/cluster.open-cluster-management.io/v1/managedclusters';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const API_GROUP = 'rbac.authorization.k8s.io';
const NOW = '2026-01-01T00:00:00Z';

/** An accepted cluster as an administrator makes it. */
function acceptedCluster(name: string, spec: object = {}): object {
  return {
    apiVersion: 'cluster.open-cluster-management.io/v1',
    kind: 'ManagedCluster',
    metadata: { name, labels: { 'cluster.open-cluster-management.io/clusterset': 'default', vendor: 'bench' } },
    spec: { hubAcceptsClient: true, leaseDurationSeconds: 60, ...spec },
  };
}

/** Creates clusters, which is not part of any measure. */
export function createClusters(client: RawClient, names: readonly string[], spec: object = {}): Promise<void> {
  return inParallel(names, (name) => client.send('POST', CLUSTERS, acceptedCluster(name, spec)));
}

/**
 * The floor: what the hub has to write for accepted clusters (namespace; finalizers and taint; four permission objects; lease; condition), by
 * a client that reads nothing and compares nothing.
 */
export async function setUpByHand(client: RawClient, names: readonly string[]): Promise<void> {
  for (const role of ['registration', 'work']) {
    const name = `open-cluster-management:managedcluster:${role}`;
    await client.send('POST', `${RBAC}/clusterroles`, { metadata: { name }, rules: [] });
  }
  await inParallel(names, (name) => setUpOne(client, name));
}

async function setUpOne(client: RawClient, name: string): Promise<void> {
  const labels = { 'open-cluster-management.io/cluster-name': name };
  const rbac = `open-cluster-management:managedcluster:${name}`;
  const subjects = [`system:open-cluster-management:${name}`, `open-cluster-management:${name}`].map((group) => ({
    kind: 'Group',
    apiGroup: API_GROUP,
    name: group,
  }));
  const common = 'open-cluster-management:managedcluster';
  const bindings = `${RBAC}/namespaces/${name}/rolebindings`;
  const finalizers = ['api-resource-cleanup', 'resource-cleanup'].map(
    (each) => `cluster.open-cluster-management.io/${each}`,
  );
  await client.send('POST', '/api/v1/namespaces', { metadata: { name, labels } });
  await client.send('PATCH', `${CLUSTERS}/${name}`, { metadata: { finalizers }, spec: { taints: [unreachable] } });
  await client.send('POST', `${RBAC}/clusterroles`, { metadata: { name: rbac, labels }, rules: rulesOf(name) });
  await client.send('POST', `${RBAC}/clusterrolebindings`, {
    metadata: { name: rbac, labels },
    roleRef: refTo(rbac),
    subjects,
  });
  await client.send('POST', bindings, {
    metadata: { name: `${rbac}:registration`, labels },
    roleRef: refTo(`${common}:registration`),
    subjects,
  });
  await client.send('POST', bindings, {
    metadata: {
      name: `${rbac}:work`,
      labels,
      finalizers: ['cluster.open-cluster-management.io/manifest-work-cleanup'],
    },
    roleRef: refTo(`${common}:work`),
    subjects,
  });
  await client.send('PATCH', `${CLUSTERS}/${name}/status`, { status: { conditions: [accepted] } });
  await client.send('POST', `/apis/coordination.k8s.io/v1/namespaces/${name}/leases`, {
    metadata: { name: 'managed-cluster-lease', labels },
    spec: { holderIdentity: 'managed-cluster-lease', renewTime: '2026-01-01T00:00:00.000000Z' },
  });
}

function refTo(role: string): object {
  return { apiGroup: API_GROUP, kind: 'ClusterRole', name: role };
}

const accepted = {
  type: 'HubAcceptedManagedCluster',
  status: 'True',
  reason: 'HubClusterAdminAccepted',
  message: 'Accepted by hub cluster admin',
  lastTransitionTime: NOW,
};

const unreachable = { key: 'cluster.open-cluster-management.io/unreachable', effect: 'NoSelect', timeAdded: NOW };

function rulesOf(name: string): readonly object[] {
  const own = { apiGroups: ['cluster.open-cluster-management.io'], resourceNames: [name] };
  return [
    {
      apiGroups: ['certificates.k8s.io'],
      resources: ['certificatesigningrequests'],
      verbs: ['create', 'get', 'list', 'watch'],
    },
    {
      apiGroups: ['register.open-cluster-management.io'],
      resources: ['managedclusters/clientcertificates'],
      verbs: ['renew'],
    },
    { ...own, resources: ['managedclusters'], verbs: ['get', 'list', 'update', 'watch'] },
    { ...own, resources: ['managedclusters/status'], verbs: ['patch', 'update'] },
  ];
}
