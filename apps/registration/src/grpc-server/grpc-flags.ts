import { commonFlags, featureGatesFlag, type FlagConfig, type FlagTable, gatesOf } from '@ocm/service';
import { complainAboutMinVersion } from './config/server-config.ts';

const LEAST_HEARTBEAT_MS = 10_000;

const {
  kubeconfig,
  namespace,
  listen,
  servingConfigFile,
  tlsCipherSuites,
  terminateOnFiles,
  kubeApiQps,
  kubeApiBurst,
} = commonFlags;

/** Flags of `registration grpc` (cloudevents-grpc 11.1). */
export const grpcFlags = {
  serverConfigFile: {
    name: 'server-config',
    type: 'string',
    help: 'file with the settings of the gRPC port; a file that does not exist means the defaults',
  },
  heartbeatDisabled: {
    name: 'broker-heartbeat-disabled',
    type: 'boolean',
    default: false,
    help: 'send no heartbeats to subscribers',
  },
  heartbeatMs: {
    name: 'broker-heartbeat-interval',
    type: 'duration',
    default: '10s',
    help: 'time between two heartbeats on a stream; at least 10s',
  },
  kubeconfig,
  namespace,
  listen,
  servingConfigFile,
  tlsMinVersion: {
    name: 'tls-min-version',
    type: 'string',
    help: 'oldest TLS version to serve, on both ports: VersionTLS12 or VersionTLS13; goes before the file',
    check: complainAboutMinVersion,
  },
  tlsCipherSuites,
  terminateOnFiles,
  kubeApiQps,
  kubeApiBurst,
  disableLeaderElection: {
    name: 'disable-leader-election',
    type: 'boolean',
    default: false,
    hidden: true,
    help: 'no effect: all replicas serve',
  },
  gates: featureGatesFlag(gatesOf('grpc-server')),
} as const satisfies FlagTable;

export type GrpcConfig = FlagConfig<typeof grpcFlags>;

/** What is wrong with the two heartbeat flags together, or `undefined` (cloudevents-grpc 8). */
export function complainAboutHeartbeat({
  heartbeatDisabled,
  heartbeatMs,
}: Pick<GrpcConfig, 'heartbeatDisabled' | 'heartbeatMs'>): string | undefined {
  if (heartbeatDisabled || heartbeatMs >= LEAST_HEARTBEAT_MS) return undefined;
  return `--broker-heartbeat-interval must be at least 10 seconds when heartbeat is enabled, got ${heartbeatMs} ms`;
}
