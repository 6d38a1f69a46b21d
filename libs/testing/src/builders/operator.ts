import { ClusterManager, type ClusterManagerSpec, Klusterlet, type KlusterletSpec } from '@ocm/api';
import { base, type ConditionLike, type Named, statusOf } from './metadata.ts';

export interface ClusterManagerOver extends Named {
  readonly spec?: ClusterManagerSpec;
  readonly conditions?: readonly ConditionLike[];
}

/** The one that the operator looks at: it is called `cluster-manager`. */
export function aClusterManager(over: ClusterManagerOver = {}): ClusterManager {
  const { spec = { deployOption: { mode: 'Default' } }, conditions } = over;
  return { ...base(ClusterManager, over, { name: 'cluster-manager' }), spec, ...statusOf(conditions, {}) };
}

export interface KlusterletOver extends Named {
  readonly clusterName?: string;
  readonly spec?: KlusterletSpec;
  readonly conditions?: readonly ConditionLike[];
}

/** An agent installation in the mode Default. */
export function aKlusterlet(over: KlusterletOver = {}): Klusterlet {
  const { clusterName = 'cluster1', spec, conditions } = over;
  return {
    ...base(Klusterlet, over, { name: 'klusterlet' }),
    spec: { clusterName, deployOption: { mode: 'Default' }, ...spec },
    ...statusOf(conditions, {}),
  };
}
