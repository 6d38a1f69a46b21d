/** Cluster sets that the hub makes itself (gate DefaultClusterSet, registration 14). */
export const builtInClusterSets = {
  /** Members carry its name in the set label. */
  default: 'default',
  /** Selects all clusters. */
  global: 'global',
} as const;
