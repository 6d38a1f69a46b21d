import { ConfigError } from '../config-error.ts';
import type { BuildInfo } from '../metrics/build-info.ts';
import type { AccessGuard } from '../serving/access-guard.ts';
import type { HealthCheck } from '../serving/health.ts';
import { type ListenerOptions, openListener } from '../serving/http-listener.ts';
import type { ClientAuthorities, Listener } from '../serving/open-server.ts';
import { parseListenAddress } from '../serving/listen-address.ts';
import { answerProcessEndpoints, type MetricsSource } from '../serving/process-endpoints.ts';
import { servingCertificateDirectory } from '../serving/serving-certificate.ts';
import { tlsSettings } from '../serving/tls-settings.ts';
import { readServingInfo, type ServingInfo } from './serving-info.ts';

/** Where and how a process listens, and what it answers. */
export interface ProcessListenerOptions extends Pick<ListenerOptions, 'answer' | 'clock' | 'log'> {
  readonly config: {
    readonly listen: string;
    readonly tlsMinVersion: string | undefined;
    readonly tlsCipherSuites: readonly string[];
    readonly servingConfigFile: string | undefined;
  };
  /** Directory of the serving certificate; default {@link servingCertificateDirectory}. */
  readonly certificateDirectory?: string | undefined;
  /** With it clients are asked for a certificate. */
  readonly clientAuthorities?: ClientAuthorities;
}

export interface ProcessServerOptions extends Omit<ProcessListenerOptions, 'answer' | 'clientAuthorities'> {
  readonly health: readonly HealthCheck[];
  readonly metrics: { readonly source: MetricsSource; readonly guard: AccessGuard };
  /** For `/version`, which is behind the same guard; absent means that it is not served. */
  readonly build?: BuildInfo;
}

/**
 * Opens the HTTPS server of a controller or agent: health for everybody, metrics for those whom the guard lets in (registration 24). Open
 * it before anything else, close it last.
 *
 * @throws ConfigError when address, TLS settings or certificate cannot be used
 */
export function openProcessServer(options: ProcessServerOptions): Promise<Listener> {
  const { health, metrics, build, log } = options;
  const version = build === undefined ? {} : { version: { build, guard: metrics.guard } };
  return openProcessListener({ ...options, answer: answerProcessEndpoints({ health, metrics, ...version, log }) });
}

/**
 * The same with answers of one's own, health and metrics among them: for processes that serve more than these.
 *
 * @throws ConfigError when address, TLS settings or certificate cannot be used
 */
export async function openProcessListener(options: ProcessListenerOptions): Promise<Listener> {
  const { config, answer, clock, log, clientAuthorities, certificateDirectory = servingCertificateDirectory } = options;
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
      ...(clientAuthorities === undefined ? {} : { clientAuthorities }),
    },
    answer,
    clock,
    log,
  });
}
