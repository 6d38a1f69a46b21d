import { join } from 'node:path';
import { credentialKeys } from '@ocm/api';
import { type GrpcClientConfig, type LoadedClientConfig, parseGrpcClientConfig } from '@ocm/cloudevents';
import { stringify } from 'yaml';

/** The gRPC configuration of a registered agent: what its secret holds, and the same read. */
export interface HubConfig {
  /** Of `config.yaml`. */
  readonly text: string;
  /** PEM; `undefined` when only the roots of the machine count. */
  readonly ca: string | undefined;
  readonly config: GrpcClientConfig;
}

/**
 * The configuration for an agent that has a certificate (cloudevents-grpc 16.1): server and authority are those of the bootstrap configuration, and
 * the certificate is read from the hub directory. The text depends on nothing else: it is compared byte for byte, and a difference costs a
 * new certificate.
 */
export function hubConfig({ config, ca }: Pick<LoadedClientConfig, 'config' | 'ca'>, directory: string): HubConfig {
  const { url, keepAlive, serverHealthinessTimeoutMs } = config;
  const content = {
    caData: ca === undefined ? undefined : Buffer.from(ca, 'utf8').toString('base64'),
    clientCertFile: join(directory, credentialKeys.certificate),
    clientKeyFile: join(directory, credentialKeys.privateKey),
    keepAliveConfig: keepAlive === undefined ? undefined : keepAliveEntry(keepAlive),
    serverHealthinessTimeout:
      serverHealthinessTimeoutMs === undefined ? undefined : duration(serverHealthinessTimeoutMs),
    token: '',
    url,
  };
  const text = stringify(content, { indentSeq: false, lineWidth: 0, keepUndefined: false });
  return { text, ca, config: parseGrpcClientConfig(text, join(directory, credentialKeys.grpcConfig)) };
}

function keepAliveEntry({ permitWithoutStream, timeMs, timeoutMs }: NonNullable<GrpcClientConfig['keepAlive']>) {
  return { enable: true, permitWithoutStream, time: duration(timeMs), timeout: duration(timeoutMs) };
}

const duration = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);
