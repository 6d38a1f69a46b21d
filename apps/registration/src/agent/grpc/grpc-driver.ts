import { credentialKeys } from '@ocm/api';
import { loadClientConfig } from '@ocm/cloudevents';
import { ConfigError } from '@ocm/service';
import type { AgentContext } from '../agent-context.ts';
import { grpcPaths } from '../agent-settings.ts';
import type { RegistrationDriver } from '../registration-driver.ts';
import { bootstrapEventHub, joinedEventHub } from './event-hub.ts';
import { hubConfig } from './hub-config.ts';
import { judgeGrpcCredential } from './judge-grpc-credential.ts';

/**
 * Registration over gRPC, without the hub's API server (registration 10.4, cloudevents-grpc 16).
 *
 * @throws ConfigError when the gRPC configuration is missing or cannot be used
 */
export async function grpcDriver(context: AgentContext): Promise<RegistrationDriver> {
  const { settings } = context;
  const paths = grpcPaths(settings);
  const wanted = hubConfig(await loadClientConfig(paths.bootstrap ?? paths.joined), settings.hubKubeconfigDir);
  return {
    judge: (files, names, now) =>
      judgeGrpcCredential({ files, names, wanted: paths.bootstrap === undefined ? undefined : wanted }, now),
    // For whoever else looks into the secret; this agent never uses it.
    kubeconfigUser: { 'client-certificate': credentialKeys.certificate, 'client-key': credentialKeys.privateKey },
    additionalData: { [credentialKeys.grpcConfig]: wanted.text },
    channel: 'grpc',
    decorate: (cluster) => cluster,
    async connectBootstrap(names) {
      if (paths.bootstrap === undefined) {
        throw new ConfigError([
          'there is no usable hub credential, and without --grpc-bootstrap-config none can be had',
        ]);
      }
      return bootstrapEventHub(context, { configPath: paths.bootstrap, names, wanted });
    },
    connectJoined: (_kubeconfig, names) => joinedEventHub(context, { configPath: paths.joined, names, wanted }),
  };
}
