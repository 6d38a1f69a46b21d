/** Secrets of the agents, in the agent namespace. */
export const agentSecrets = {
  bootstrapKubeconfig: 'bootstrap-hub-kubeconfig',
  hubKubeconfig: 'hub-kubeconfig-secret',
  /** Hosted mode: how to reach the managed cluster; the agents' own copies have a suffix. */
  externalManagedKubeconfig: 'external-managed-kubeconfig',
  externalManagedKubeconfigRegistration: 'external-managed-kubeconfig-registration',
  externalManagedKubeconfigWork: 'external-managed-kubeconfig-work',
  externalManagedKubeconfigAgent: 'external-managed-kubeconfig-agent',
  workDriverConfig: 'work-driver-config',
} as const;

/** Keys of the secret with the hub credential, and of add-on credential secrets (registration 6.1, 18.3). */
export const credentialKeys = {
  kubeconfig: 'kubeconfig',
  clusterName: 'cluster-name',
  agentName: 'agent-name',
  certificate: 'tls.crt',
  privateKey: 'tls.key',
  /** Driver token. */
  token: 'token',
  /** Driver grpc. */
  grpcConfig: 'config.yaml',
} as const;

/** Service account behind packaged bootstrap kubeconfigs, in the operator namespace. */
export const bootstrapServiceAccount = 'agent-registration-bootstrap';

/** Service account of the gRPC server, in the hub namespace. Certificate requests of agents that come over gRPC are made by it (cloudevents-grpc 16.4). */
export const grpcServerServiceAccount = 'grpc-server-sa';
