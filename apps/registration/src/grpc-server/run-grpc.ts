import { ConfigError, openComponent, type ProcessContext, stopOnFileChange } from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import { loadServerConfig } from './config/load-server-config.ts';
import { complainAboutHeartbeat, type GrpcConfig } from './grpc-flags.ts';
import { createGrpcMetrics } from './grpc-metrics.ts';
import { runGrpcServer } from './grpc-server.ts';
import { createEventServices } from './services/event-services.ts';

/** `registration grpc`: the way to the hub for clusters that do not reach its API. */
export async function runGrpc(config: GrpcConfig, context: ProcessContext): Promise<void> {
  const { clock, log, signal } = context;
  const complaint = complainAboutHeartbeat(config);
  if (complaint !== undefined) throw new ConfigError([complaint]);
  const tlsFlags = { minVersion: config.tlsMinVersion, cipherSuites: config.tlsCipherSuites };
  const serverConfig = await loadServerConfig(config.serverConfigFile, tlsFlags, log);
  const tlsMinVersion = serverConfig.tls.minVersion === 'TLSv1.3' ? 'VersionTLS13' : 'VersionTLS12';
  const identity = { userAgent: 'registration-grpc', build: buildInfo };
  await using component = await openComponent({ ...config, tlsMinVersion }, identity, context);
  const { client } = component;
  const metrics = createGrpcMetrics();
  const serving = { isOpen: false };
  const check = (): string | undefined => (serving.isOpen ? undefined : 'the caches are being filled');
  await component.serve({ health: [{ name: 'grpc-port', check, readinessOnly: true }], sources: [metrics.source] });
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
      metrics,
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
