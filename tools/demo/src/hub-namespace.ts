/** Where our processes on the hub would run. */
export const HUB_NAMESPACE = 'open-cluster-management-hub';
