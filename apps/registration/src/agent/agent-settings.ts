import { join } from 'node:path';
import { credentialKeys } from '@ocm/api';
import { ConfigError } from '@ocm/service';
import type { AgentSettings } from './agent-flags.ts';

/** The bootstrap kubeconfigs that an agent has: that of its hub, or those of the hubs from which it chooses (registration 17). */
export type BootstrapKubeconfigs =
  { readonly kind: 'one'; readonly path: string } | { readonly kind: 'several'; readonly paths: readonly string[] };

const FEWEST_HUBS = 2;

/**
 * Where the bootstrap kubeconfigs are, when the settings fit together.
 *
 * @throws ConfigError that names the flag that is missing or says too little
 */
export function bootstrapKubeconfigs(settings: AgentSettings): BootstrapKubeconfigs {
  const { bootstrapKubeconfig: path, bootstrapKubeconfigs: paths, gates } = settings;
  if (gates.MultipleHubs) {
    if (settings.registrationAuth === 'grpc') {
      throw new ConfigError([
        'the gate MultipleHubs does not go with --registration-auth=grpc: there is one gRPC configuration, for one hub',
      ]);
    }
    if (paths.length >= FEWEST_HUBS) return { kind: 'several', paths };
    const given = `--bootstrap-kubeconfigs is given ${paths.length} times`;
    throw new ConfigError([
      `expect at least ${FEWEST_HUBS} bootstrap kubeconfigs with the gate MultipleHubs: ${given}`,
    ]);
  }
  if (path === undefined) throw new ConfigError(['bootstrap-kubeconfig is required: give --bootstrap-kubeconfig']);
  return { kind: 'one', path };
}

/** Least lifetime of a certificate that a cluster may ask for; below it agents would do little else than renew. */
const LEAST_EXPIRATION_SECONDS = 3600;

/**
 * Refuses too short a lifetime where the certificate is that of the cluster (registration 25); with awsirsa it is that of add-ons alone, and
 * the gRPC signer does not look at it.
 *
 * @throws ConfigError that names the flag
 */
export function checkCertificateLifetime({
  registrationAuth,
  certificateExpirationSeconds: seconds,
}: Pick<AgentSettings, 'registrationAuth' | 'certificateExpirationSeconds'>): void {
  if (registrationAuth === 'awsirsa' || registrationAuth === 'grpc') return;
  if (seconds === 0 || seconds >= LEAST_EXPIRATION_SECONDS) return;
  throw new ConfigError([
    `--client-cert-expiration-seconds must be 0 or at least ${LEAST_EXPIRATION_SECONDS}, got "${seconds}"`,
  ]);
}

/** Where the hub kubeconfig is. Relative names in it are meant from its own directory, which need not be that of the credential. */
export function hubKubeconfigPath({
  hubKubeconfig,
  hubKubeconfigDir,
}: Pick<AgentSettings, 'hubKubeconfig' | 'hubKubeconfigDir'>): string {
  return hubKubeconfig ?? join(hubKubeconfigDir, credentialKeys.kubeconfig);
}

/** Where the gRPC configurations are. */
export interface GrpcPaths {
  /** With which the cluster registers; an agent that has registered can do without. */
  readonly bootstrap: string | undefined;
  /** With which the registered agent works. */
  readonly joined: string;
}

/**
 * The gRPC configurations of the flags (cloudevents-grpc 16.2); that of the registered agent is by default where its secret is written to.
 *
 * @throws ConfigError when neither is given
 */
export function grpcPaths({
  grpcBootstrapConfig,
  grpcConfig,
  hubKubeconfigDir,
}: Pick<AgentSettings, 'grpcBootstrapConfig' | 'grpcConfig' | 'hubKubeconfigDir'>): GrpcPaths {
  if (!grpcBootstrapConfig && !grpcConfig) {
    throw new ConfigError(['config file should be set: give --grpc-bootstrap-config or --grpc-config']);
  }
  return {
    bootstrap: grpcBootstrapConfig || undefined,
    joined: grpcConfig || join(hubKubeconfigDir, credentialKeys.grpcConfig),
  };
}
