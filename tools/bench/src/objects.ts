import type { KubeObject } from '@ocm/api';

const MANIFESTS_PER_WORK = 5;
const VALUE_BYTES = 200;

/** A ManagedCluster as large fleets have them: five labels, a lease duration. */
export function benchCluster(index: number): KubeObject & { readonly spec: object } {
  return {
    apiVersion: 'cluster.open-cluster-management.io/v1',
    kind: 'ManagedCluster',
    metadata: {
      name: `cluster-${index}`,
      labels: {
        'cluster.open-cluster-management.io/clusterset': 'default',
        region: `region-${index % 20}`,
        zone: `zone-${index % 60}`,
        environment: index % 4 === 0 ? 'production' : 'test',
        vendor: 'bench',
      },
    },
    spec: { hubAcceptsClient: false, leaseDurationSeconds: 60 },
  };
}

export interface WorkContent {
  /** ConfigMaps of each work; default 5. */
  readonly manifests?: number;
  /** What their data are filled with. */
  readonly letter?: string;
}

/** The ConfigMaps of a work, 200 bytes each. */
export function benchConfigMaps(
  work: string,
  { manifests = MANIFESTS_PER_WORK, letter = 'x' }: WorkContent = {},
): readonly KubeObject[] {
  return Array.from({ length: manifests }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${work}-${index}`, namespace: 'default' },
    data: { value: letter.repeat(VALUE_BYTES) },
  }));
}

/** A ManifestWork with its ConfigMaps. */
export function benchWork(
  name: string,
  namespace: string,
  content: WorkContent = {},
): KubeObject & { readonly spec: object } {
  return {
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name, namespace },
    spec: { workload: { manifests: benchConfigMaps(name, content) } },
  };
}
