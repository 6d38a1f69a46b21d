/** Name of the lease in each cluster namespace, which the agent renews and the hub watches; also its holder identity (registration 11). */
export const clusterLeaseName = 'managed-cluster-lease';

/** Leases for leader election, in the namespace of the pod. */
export const leaderElectionLeases = {
  registrationController: 'registration-controller-lock',
  registrationAgent: 'registration-agent-lock',
  placementController: 'placement-lock',
  workManager: 'work-manager-lock',
  workAgent: 'work-agent-lock',
  /** Registration and work agent in one process. */
  singletonAgent: 'klusterlet-agent-lock',
} as const;
