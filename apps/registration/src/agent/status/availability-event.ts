import { apiVersionOf, clusterConditions, findCondition, ManagedCluster } from '@ocm/api';
import type { EventReport } from '@ocm/kube';

/** The event that a change of Available deserves; `undefined` when it did not change or is unknown (registration 11.5). */
export function availabilityEvent(before: ManagedCluster, after: ManagedCluster): EventReport | undefined {
  const status = availableOf(after);
  if (status === availableOf(before)) return undefined;
  const { name } = after.metadata;
  if (status === 'True') {
    const note = `Cluster ${name} is imported and managed by the hub, and its API server is available.`;
    return { ...about(after), type: 'Normal', reason: 'Available', action: 'Available', note };
  }
  if (status === 'False') {
    const note = `Cluster ${name} is imported, but its API server is unavailable.`;
    return { ...about(after), type: 'Warning', reason: 'Unavailable', action: 'Unavailable', note };
  }
  return undefined;
}

const availableOf = ({ status }: ManagedCluster): string | undefined =>
  findCondition(status?.conditions, clusterConditions.available.type)?.status;

/** An event must be in the namespace that its object names, though a ManagedCluster has none. */
function about({ metadata: { name, uid } }: ManagedCluster): Pick<EventReport, 'namespace' | 'regarding'> {
  const regarding = { apiVersion: apiVersionOf(ManagedCluster), kind: ManagedCluster.kind, namespace: name, name };
  return { namespace: name, regarding: uid === undefined ? regarding : { ...regarding, uid } };
}
