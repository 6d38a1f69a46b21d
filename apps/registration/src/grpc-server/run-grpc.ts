import { connect } from '@ocm/kube';
import {
  allMetrics,
  componentNamespace,
  ConfigError,
  createAccessGuard,
  createProcessMetrics,
  kubeconfigSource,
  openProcessServer,
  type ProcessContext,
  rateLimit,
  stopOnFileChange,
} from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import { loadServerConfig } from './config/load-server-config.ts';
import { complainAboutHeartbeat, type GrpcConfig } from './grpc-flags.ts';
import { createGrpcMetrics } from './grpc-metrics.ts';
import { runGrpcServer } from './grpc-server.ts';
import { createEventServices } from './services/event-services.ts';

/** `registration grpc`: the way to the hub for clusters that do not reach its API. */
export async function runGrpc(config: GrpcConfig, context: ProcessContext): Promise<void> {
  const { clock, env, log, signal } = context;
  const complaint = complainAboutHeartbeat(config);
  if (complaint !== undefined) throw new ConfigError([complaint]);
  const tlsFlags = { minVersion: config.tlsMinVersion, cipherSuites: config.tlsCipherSuites };
  const serverConfig = await loadServerConfig(config.serverConfigFile, tlsFlags, log);
  const namespace = await componentNamespace(config.namespace);
  const metrics = createProcessMetrics({ clock, namespace, build: buildInfo });
  const grpcMetrics = createGrpcMetrics();
  // What is under way at the signal still needs the client.
  const closing = new AbortController();
  await using client = await connect(kubeconfigSource(config.kubeconfig, env), {
    userAgent: 'registration-grpc',
    signal: closing.signal,
    clock,
    log,
    metrics: metrics.kube,
    rateLimit: rateLimit(config.kubeApiQps, config.kubeApiBurst),
    proxy: { httpProxy: env['HTTP_PROXY'], httpsProxy: env['HTTPS_PROXY'], noProxy: env['NO_PROXY'] },
  });
  const serving = { isOpen: false };
  await using _server = await openProcessServer({
    config: { ...config, tlsMinVersion: serverConfig.tls.minVersion === 'TLSv1.3' ? 'VersionTLS13' : 'VersionTLS12' },
    health: [
      {
        name: 'grpc-port',
        check: () => (serving.isOpen ? undefined : 'the caches are being filled'),
        readinessOnly: true,
      },
    ],
    metrics: {
      source: allMetrics(metrics.source, grpcMetrics.source),
      guard: createAccessGuard({ client, clock }),
    },
    clock,
    log,
  });
  await Promise.all([
    runGrpcServer({
      client,
      services: createEventServices({
        client,
        clock,
        log,
        sourceSubscriptions: config.gates.SourceSubscriptions,
      }),
      config: serverConfig,
      heartbeatMs: config.heartbeatDisabled ? undefined : config.heartbeatMs,
      metrics: grpcMetrics,
      clock,
      log,
      onListening() {
        serving.isOpen = true;
      },
      signal,
    }),
    stopOnFileChange(config.terminateOnFiles, context),
  ]);
}
