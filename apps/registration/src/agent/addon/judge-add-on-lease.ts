import { addOnConditions, type ConditionUpdate, type Lease } from '@ocm/api';

/** An add-on whose lease is older than this does not work any more (registration 18.4). */
const ADD_ON_LEASE_GRACE_MS = 5 * 60_000;

const { leaseUpdated, leaseUpdateStopped, leaseNotFound } = addOnConditions.available;

/**
 * The health of an add-on by the lease that its agent renews.
 *
 * @param hostingCluster the cluster that was asked for the lease, when it is not the managed one
 */
export function judgeAddOnLease(
  {
    addOn,
    lease,
    hostingCluster,
  }: { readonly addOn: string; readonly lease: Lease | undefined; readonly hostingCluster: string | undefined },
  now: Date,
): ConditionUpdate {
  if (lease === undefined) {
    const where =
      hostingCluster === undefined ? '' : ` Its agent is hosted: look for its lease on the cluster ${hostingCluster}.`;
    return { ...leaseNotFound, message: `The status of ${addOn} add-on is unknown.${where}` };
  }
  const renewedMs = Date.parse(lease.spec?.renewTime ?? '');
  const isFresh = now.getTime() < renewedMs + ADD_ON_LEASE_GRACE_MS;
  return isFresh
    ? { ...leaseUpdated, message: `${addOn} add-on is available.` }
    : { ...leaseUpdateStopped, message: `${addOn} add-on is not available.` };
}
