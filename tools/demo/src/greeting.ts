import {
  apiVersionOf,
  ManagedClusterSet,
  ManagedClusterSetBinding,
  ManifestWorkReplicaSet,
  Namespace,
  Placement,
} from '@ocm/api';
import type { KubeClient } from '@ocm/kube';

/** Namespace on the hub of the team that rolls the greeting out. */
export const TEAM_NAMESPACE = 'demo';
/** The replica set, and what it brings to each cluster. */
export const GREETING = 'greeting';
/** Namespace of the ConfigMap on the managed clusters. */
export const GREETING_NAMESPACE = 'default';

const FLEET = 'demo-fleet';

/** Lets the team have every cluster of the hub: a set of all, a binding of the set, a Placement that chooses all of them. */
export async function chooseEveryCluster(hub: KubeClient, signal: AbortSignal): Promise<void> {
  const metadata = { name: FLEET, namespace: TEAM_NAMESPACE };
  const clusterSelector = { selectorType: 'LabelSelector', labelSelector: {} } as const;
  await hub.kind(Namespace).create({ metadata: { name: TEAM_NAMESPACE } }, { signal });
  await hub.kind(ManagedClusterSet).create({ metadata: { name: FLEET }, spec: { clusterSelector } }, { signal });
  await hub.kind(ManagedClusterSetBinding).create({ metadata, spec: { clusterSet: FLEET } }, { signal });
  await hub.kind(Placement).create({ metadata, spec: { clusterSets: [FLEET] } }, { signal });
}

/** A replica set that brings a ConfigMap with this text to the clusters of the Placement, one cluster after the other. */
export function greetingSet(text: string): ManifestWorkReplicaSet {
  const metadata = { name: GREETING, namespace: GREETING_NAMESPACE };
  const identifier = { group: '', resource: 'configmaps', ...metadata };
  return {
    apiVersion: apiVersionOf(ManifestWorkReplicaSet),
    kind: ManifestWorkReplicaSet.kind,
    metadata: { name: GREETING, namespace: TEAM_NAMESPACE },
    spec: {
      cascadeDeletionPolicy: 'Foreground',
      placementRefs: [{ name: FLEET, rolloutStrategy: { type: 'Progressive', progressive: { maxConcurrency: 1 } } }],
      manifestWorkTemplate: {
        workload: { manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text } }] },
        // Without such a rule no cluster is seen to have succeeded, and the rollout stops after the first.
        manifestConfigs: [
          {
            resourceIdentifier: identifier,
            conditionRules: [{ type: 'CEL', condition: 'Progressing', celExpressions: ['!has(object.data.text)'] }],
          },
        ],
      },
    },
  };
}
