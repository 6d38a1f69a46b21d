/** Namespaces with a fixed name. */
export const namespaces = {
  operator: 'open-cluster-management',
  /** In hosted mode the hub namespace has the name of the ClusterManager instead. */
  hub: 'open-cluster-management-hub',
  /** Default; `spec.namespace` of the Klusterlet overrides it. */
  agent: 'open-cluster-management-agent',
  /** Default of `installNamespace` and `agentInstallNamespace`. */
  addOn: 'open-cluster-management-agent-addon',
} as const;
