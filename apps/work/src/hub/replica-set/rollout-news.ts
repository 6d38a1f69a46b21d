import {
  apiVersionOf,
  findCondition,
  ManifestWorkReplicaSet,
  type ManifestWorkReplicaSetStatus,
  replicaSetConditions,
} from '@ocm/api';
import type { EventReport } from '@ocm/kube';
import { saysHalted } from './rollout-message.ts';

const { type: ROLLED_OUT } = replicaSetConditions.placementRolledOut;

/** What happened to a rollout with this status: it has come to its end, or it has been stopped by failures. */
export function rolloutNews(set: ManifestWorkReplicaSet, status: ManifestWorkReplicaSetStatus): readonly EventReport[] {
  const was = findCondition(set.status?.conditions, ROLLED_OUT);
  const is = findCondition(status.conditions, ROLLED_OUT);
  if (is === undefined) return [];
  const common = { ...regarding(set), action: 'Rollout', note: is.message };
  if (is.status === 'True' && was?.status === 'False')
    return [{ ...common, type: 'Normal', reason: 'RolloutComplete' }];
  const isHalted = saysHalted(is) && !(was !== undefined && saysHalted(was));
  return isHalted ? [{ ...common, type: 'Warning', reason: 'RolloutHalted' }] : [];
}

function regarding({ metadata }: ManifestWorkReplicaSet): Pick<EventReport, 'namespace' | 'regarding'> {
  const { namespace = '', name, uid } = metadata;
  const reference = { apiVersion: apiVersionOf(ManifestWorkReplicaSet), kind: ManifestWorkReplicaSet.kind };
  return { namespace, regarding: { ...reference, namespace, name, ...(uid === undefined ? {} : { uid }) } };
}
