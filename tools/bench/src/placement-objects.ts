import type { Condition, KubeObject, ManagedCluster, PlacementSpec } from '@ocm/api';

/** The set that all clusters of the bench are in, and that every namespace is bound to. */
const BENCH_SET = 'bench';

/** Placements of one kind, created at once. */
export interface PlacementLoad {
  /** Also the namespace. */
  readonly name: string;
  readonly what: string;
  readonly placements: number;
  readonly spec: (index: number) => PlacementSpec;
  /** CPU seconds of the Go implementation for this load with 5,000 clusters. */
  readonly referenceCpuSeconds: number;
}

export const PLACEMENT_LOADS: readonly PlacementLoad[] = [
  {
    name: 'top-ten',
    what: '500 placements of 10 clusters',
    placements: 500,
    spec: () => ({ numberOfClusters: 10 }),
    referenceCpuSeconds: 9.2,
  },
  {
    name: 'predicates',
    what: '100 placements by label and claim, CPU and memory',
    placements: 100,
    spec: (index) => ({
      numberOfClusters: 10,
      predicates: [
        {
          requiredClusterSelector: {
            labelSelector: { matchLabels: { region: `region-${index % 5}` } },
            claimSelector: { matchExpressions: [{ key: 'platform', operator: 'In', values: ['aws', 'gcp'] }] },
          },
        },
      ],
      prioritizerPolicy: {
        mode: 'Exact',
        configurations: [
          { scoreCoordinate: { type: 'BuiltIn', builtIn: 'ResourceAllocatableCPU' }, weight: 2 },
          { scoreCoordinate: { type: 'BuiltIn', builtIn: 'ResourceAllocatableMemory' }, weight: 1 },
        ],
      },
    }),
    referenceCpuSeconds: 14.1,
  },
  {
    name: 'expressions',
    what: '50 placements by two CEL expressions',
    placements: 50,
    spec: (index) => ({
      numberOfClusters: 10,
      predicates: [
        {
          requiredClusterSelector: {
            celSelector: {
              celExpressions: [
                `managedCluster.metadata.labels["region"] == "region-${index % 5}"`,
                'managedCluster.status.clusterClaims.exists(c, c.name == "platform" && c.value == "aws")',
              ],
            },
          },
        },
      ],
    }),
    referenceCpuSeconds: 21.7,
  },
  {
    name: 'everything',
    what: '5 placements of all clusters',
    placements: 5,
    spec: () => ({}),
    referenceCpuSeconds: 15.6,
  },
];

/** A cluster with five labels, two claims, capacity and three conditions, as its agent would have reported it. */
export function benchManagedCluster(index: number): ManagedCluster & Required<Pick<ManagedCluster, 'spec' | 'status'>> {
  const resources = { cpu: String(4 + (index % 60)), memory: `${16 + (index % 240)}Gi` };
  return {
    apiVersion: 'cluster.open-cluster-management.io/v1',
    kind: 'ManagedCluster',
    metadata: {
      name: `cluster-${String(index).padStart(5, '0')}`,
      labels: {
        'cluster.open-cluster-management.io/clusterset': BENCH_SET,
        region: `region-${index % 5}`,
        zone: `zone-${index % 60}`,
        environment: index % 4 === 0 ? 'production' : 'test',
        vendor: 'bench',
      },
    },
    spec: { hubAcceptsClient: true, leaseDurationSeconds: 60 },
    status: {
      version: { kubernetes: 'v1.35.4' },
      clusterClaims: [
        { name: 'platform', value: ['aws', 'gcp', 'azure'][index % 3] ?? 'aws' },
        { name: 'id.k8s.io', value: `cluster-${index}` },
      ],
      allocatable: resources,
      capacity: resources,
      conditions: [
        condition('HubAcceptedManagedCluster', 'HubClusterAdminAccepted'),
        condition('ManagedClusterJoined', 'ManagedClusterJoined'),
        condition('ManagedClusterConditionAvailable', 'ManagedClusterAvailable'),
      ],
    },
  };
}

function condition(type: string, reason: string): Condition {
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  return { type, status: 'True', reason, message: 'reported by the bench', lastTransitionTime };
}

/** The Placements of a load. */
export function benchPlacements({ name: namespace, placements, spec }: PlacementLoad): readonly KubeObject[] {
  return Array.from({ length: placements }, (_, index) => ({
    apiVersion: 'cluster.open-cluster-management.io/v1beta1',
    kind: 'Placement',
    metadata: { name: `p${index}`, namespace },
    spec: spec(index),
  }));
}

/** The set, and for each load a namespace that is bound to it. */
export function benchTenants(loads: readonly PlacementLoad[]): {
  readonly set: KubeObject;
  readonly namespaces: readonly KubeObject[];
  readonly bindings: readonly KubeObject[];
} {
  const apiVersion = 'cluster.open-cluster-management.io/v1beta2';
  return {
    set: { apiVersion, kind: 'ManagedClusterSet', metadata: { name: BENCH_SET } },
    namespaces: loads.map(({ name }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    bindings: loads.map(({ name }) => ({
      apiVersion,
      kind: 'ManagedClusterSetBinding',
      metadata: { name: BENCH_SET, namespace: name },
      spec: { clusterSet: BENCH_SET },
    })),
  };
}
