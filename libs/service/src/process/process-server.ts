import type { Clock } from '@ocm/kube';
import { ConfigError } from '../config-error.ts';
import type { Logger } from '../logger.ts';
import type { AccessGuard } from '../serving/access-guard.ts';
import type { HealthCheck } from '../serving/health.ts';
import { openListener } from '../serving/http-listener.ts';
import type { Listener } from '../serving/open-server.ts';
import { parseListenAddress } from '../serving/listen-address.ts';
import { answerProcessEndpoints, type MetricsSource } from '../serving/process-endpoints.ts';
import { servingCertificateDirectory } from '../serving/serving-certificate.ts';
import { tlsSettings } from '../serving/tls-settings.ts';
import { readServingInfo, type ServingInfo } from './serving-info.ts';

export interface ProcessServerOptions {
  readonly config: {
    readonly listen: string;
    readonly tlsMinVersion: string | undefined;
    readonly tlsCipherSuites: readonly string[];
    readonly servingConfigFile: string | undefined;
  };
  readonly health: readonly HealthCheck[];
  readonly metrics: { readonly source: MetricsSource; readonly guard: AccessGuard };
  readonly clock: Clock;
  readonly log: Logger;
  /** Directory of the serving certificate; default {@link servingCertificateDirectory}. */
  readonly certificateDirectory?: string;
}

/**
 * Opens the HTTPS server of a controller or agent: health for everybody, metrics for those whom the guard lets in (registration 24). Open
 * it before anything else, close it last.
 *
 * @throws ConfigError when address, TLS settings or certificate cannot be used
 */
export async function openProcessServer(options: ProcessServerOptions): Promise<Listener> {
  const { config, health, metrics, clock, log, certificateDirectory = servingCertificateDirectory } = options;
  const info: ServingInfo =
    config.servingConfigFile === undefined
      ? { minTLSVersion: config.tlsMinVersion, cipherSuites: config.tlsCipherSuites }
      : await readServingInfo(config.servingConfigFile);
  const address = parseListenAddress(config.listen);
  if (address === undefined) throw new ConfigError([`--listen must be host:port, got "${config.listen}"`]);
  return openListener({
    address,
    tls: {
      settings: tlsSettings(info.minTLSVersion, info.cipherSuites ?? []),
      certificate: { directory: certificateDirectory, whenAbsent: 'self-signed' },
    },
    answer: answerProcessEndpoints({ health, metrics, log }),
    clock,
    log,
  });
}
