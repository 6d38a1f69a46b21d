import type { Condition, KubeObject } from '@ocm/api';

const LABEL = 'cluster.open-cluster-management.io';
const SLICE_SIZE = 100;
const SINCE = '2026-01-01T00:00:00Z';

/** The template that is rolled out: a ConfigMap, and the rule without which no cluster is ever seen to succeed. */
export function benchTemplate(data: string): object {
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'app', namespace: 'default' },
    data: { data },
  };
  return {
    workload: { manifests: [manifest] },
    manifestConfigs: [
      {
        resourceIdentifier: { group: '', resource: 'configmaps', name: 'app', namespace: 'default' },
        conditionRules: [{ type: 'CEL', condition: 'Progressing', celExpressions: ['false'] }],
      },
    ],
  };
}

/** A replica set named `app` for the Placement `fleet`. */
export function benchReplicaSet(namespace: string, rolloutStrategy: object): KubeObject {
  return {
    apiVersion: 'work.open-cluster-management.io/v1alpha1',
    kind: 'ManifestWorkReplicaSet',
    metadata: { name: 'app', namespace },
    spec: { manifestWorkTemplate: benchTemplate('one'), placementRefs: [{ name: 'fleet', rolloutStrategy }] },
  } as KubeObject;
}

/** The Placement `fleet` that has chosen these clusters, with the slices of its decisions. */
export function benchDecisions(
  namespace: string,
  clusters: readonly string[],
): {
  readonly placement: KubeObject & { readonly status: object };
  readonly slices: readonly (KubeObject & { readonly status: object })[];
} {
  const count = Math.ceil(clusters.length / SLICE_SIZE);
  const slices = Array.from({ length: count }, (_, index) => ({
    apiVersion: 'cluster.open-cluster-management.io/v1beta1',
    kind: 'PlacementDecision',
    metadata: {
      name: `fleet-decision-${index + 1}`,
      namespace,
      labels: {
        [`${LABEL}/placement`]: 'fleet',
        [`${LABEL}/decision-group-index`]: '0',
        [`${LABEL}/decision-group-name`]: '',
      },
    },
    status: {
      decisions: clusters
        .slice(index * SLICE_SIZE, (index + 1) * SLICE_SIZE)
        .map((clusterName) => ({ clusterName, reason: '' })),
    },
  }));
  const decisionGroups = [
    { decisionGroupIndex: 0, decisions: slices.map(({ metadata }) => metadata.name), clusterCount: clusters.length },
  ];
  const placement = {
    apiVersion: 'cluster.open-cluster-management.io/v1beta1',
    kind: 'Placement',
    metadata: { name: 'fleet', namespace },
    spec: {},
    status: { numberOfSelectedClusters: clusters.length, decisionGroups, conditions: [] },
  };
  return { placement, slices };
}

/** The status of a work whose agent is done with it. */
export function benchWorkStatus(generation: number): {
  readonly status: { readonly conditions: readonly Condition[] };
} {
  const condition = (type: string, status: 'True' | 'False'): Condition => ({
    type,
    status,
    reason: 'Bench',
    message: '',
    lastTransitionTime: SINCE,
    observedGeneration: generation,
  });
  return {
    status: {
      conditions: [condition('Applied', 'True'), condition('Available', 'True'), condition('Progressing', 'False')],
    },
  };
}
