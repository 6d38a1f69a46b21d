/**
 * The taints that the hub sets by the Available condition of a ManagedCluster (registration 11.6). They exclude each other,
 * have no value, and `timeAdded` is filled at admission.
 */
export const automaticTaints = {
  /** The condition is False. */
  unavailable: { key: 'cluster.open-cluster-management.io/unavailable', effect: 'NoSelect' },
  /** The condition is Unknown or missing. */
  unreachable: { key: 'cluster.open-cluster-management.io/unreachable', effect: 'NoSelect' },
} as const;
