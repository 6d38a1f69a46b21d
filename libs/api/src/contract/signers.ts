/** Signers of client certificates. */
export const signers = {
  /** Signs for the API server of the hub. */
  kubeClient: 'kubernetes.io/kube-apiserver-client',
  /** Signs for the gRPC server of the hub; the registration controller is the signer (registration 10.4). */
  grpc: 'open-cluster-management.io/grpc',
} as const;
