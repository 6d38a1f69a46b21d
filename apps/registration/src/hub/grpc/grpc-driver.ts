import { grpcServerServiceAccount, serviceAccountUser, signers } from '@ocm/api';
import type { HubDriver } from '../driver/hub-driver.ts';
import { csrSigningController } from './csr-signing-controller.ts';
import { grpcRequester } from './grpc-requester.ts';
import type { GrpcSigner } from './grpc-signer.ts';

export interface GrpcDriverSettings {
  readonly signer: GrpcSigner;
  /** Users whose first request over gRPC is approved (gate ManagedClusterAutoApproval). */
  readonly autoApprovedUsers: ReadonlySet<string>;
  /** Where the gRPC server runs: in the namespace of the hub's other components. */
  readonly namespace: string;
}

/** Agents register over gRPC, and get certificates for it that this hub signs itself (registration 10.4). */
export function grpcDriver({ signer, autoApprovedUsers, namespace }: GrpcDriverSettings): HubDriver {
  const server = serviceAccountUser({ namespace, name: grpcServerServiceAccount });
  return {
    name: 'grpc',
    approval: ({ gates }) => ({
      signerName: signers.grpc,
      requesterOf: (csr, organizations) => grpcRequester(csr, organizations, server),
      autoApprovedUsers: gates.ManagedClusterAutoApproval ? autoApprovedUsers : new Set(),
    }),
    controllers: (context) => [csrSigningController(context, signer)],
  };
}
