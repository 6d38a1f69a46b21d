import {
  clusterConditions,
  isConditionTrue,
  type ManagedCluster,
  type ManagedClusterStatus,
  type ReportedClaim,
} from '@ocm/api';
import type { Lister, Logger } from '@ocm/kube';
import { type ClaimLimits, type Fact, type SelectedClaims, selectClaims } from './select-claims.ts';
import type { StageResult, StatusStage } from './status-stage.ts';

/** A cache of claims or of properties. */
export type FactCache = Pick<Lister<Fact & { readonly metadata: { readonly name: string } }>, 'list'> & {
  readonly synced: boolean;
};

export interface ClaimsContext {
  /** Absent while the gate ClusterClaim is off. */
  readonly claims: FactCache | undefined;
  /** Absent while the gate ClusterProperty is off. */
  readonly properties: FactCache | undefined;
  readonly limits: ClaimLimits;
  readonly log: Logger;
}

/** Reports what the cluster says about itself (registration 12.2). */
export function claimsStage({ claims, properties, limits, log }: ClaimsContext): StatusStage {
  let said = '';

  function warnOnce({ cut, refused }: SelectedClaims): void {
    const message = JSON.stringify([cut, refused]);
    if (message === said) return;
    said = message;
    if (cut.length > 0) log.warn({ claims: cut, limit: limits.maxCustom }, 'more cluster claims than are reported');
    if (refused.length > 0)
      log.warn({ claims: refused }, 'claims without a value or with more than 1024 characters are not reported');
  }

  // A list on its way is not an empty one, and its end is an event.
  const isKnown = (): boolean => [claims, properties].every((cache) => cache?.synced ?? true);

  function report({ status = {} }: ManagedCluster): ManagedClusterStatus {
    if (!isKnown() || !isConditionTrue(status.conditions, clusterConditions.joined.type)) return status;
    const selected = selectClaims({ claims: listOf(claims), properties: listOf(properties) }, limits);
    warnOnce(selected);
    return withClaims(status, selected.reported);
  }

  return (cluster) => Promise.resolve<StageResult>({ kind: 'continue', status: report(cluster) });
}

const listOf = (cache: FactCache | undefined): readonly Fact[] => cache?.list() ?? [];

/** An empty list and none are the same. */
function withClaims(status: ManagedClusterStatus, clusterClaims: readonly ReportedClaim[]): ManagedClusterStatus {
  const isEmpty = clusterClaims.length === 0 && (status.clusterClaims ?? []).length === 0;
  return isEmpty ? status : { ...status, clusterClaims };
}
