import { ConfigError, tlsSettings } from '@ocm/service';
import { type KeyTable, readKeys } from './read-keys.ts';

const MAX_UINT32 = 2 ** 32 - 1;
const MAX_INT32 = 2 ** 31 - 1;
const MAX_PORT = 65_535;
const LEAST_CERTIFICATE_WATCH_MS = 30_000;

/** The keys of the configuration file with their defaults (cloudevents-grpc 11.2); what they mean is in docs/grpc.md. */
export const serverConfigKeys = {
  tls_cert_file: { type: 'path', default: '/var/run/secrets/hub/grpc/serving-cert/tls.crt' },
  tls_key_file: { type: 'path', default: '/var/run/secrets/hub/grpc/serving-cert/tls.key' },
  client_ca_file: { type: 'text', default: '/var/run/secrets/hub/grpc/ca/ca-bundle.crt' },
  tls_min_version: { type: 'text', default: 'VersionTLS12' },
  tls_max_version: { type: 'text', default: 'VersionTLS13' },
  cipher_suites: { type: 'text', default: '' },
  server_bind_port: { type: 'integer', default: 8090, least: 1, most: MAX_PORT },
  max_concurrent_streams: { type: 'integer', default: MAX_UINT32, least: 1, most: MAX_UINT32 },
  max_receive_message_size: { type: 'integer', default: 4_194_304, least: 1, most: MAX_INT32 },
  max_send_message_size: { type: 'integer', default: MAX_INT32, least: 1, most: MAX_INT32 },
  write_buffer_size: { type: 'integer', default: 32_768, least: 0, most: MAX_INT32, hasEffect: false },
  read_buffer_size: { type: 'integer', default: 32_768, least: 0, most: MAX_INT32, hasEffect: false },
  connection_timeout: { type: 'duration', default: '120s' },
  max_connection_age: { type: 'duration' },
  client_min_ping_interval: { type: 'duration', default: '5s', hasEffect: false },
  server_ping_interval: { type: 'duration', default: '30s' },
  server_ping_timeout: { type: 'duration', default: '10s' },
  permit_ping_without_stream: { type: 'boolean', default: false, hasEffect: false },
  cert_watch_interval: { type: 'duration', default: '1m', moreThanMs: LEAST_CERTIFICATE_WATCH_MS },
} as const satisfies KeyTable;

/** What the process knows about its gRPC port. */
export interface ServerConfig {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Absent: clients are not asked for certificates. */
  readonly clientCaFile: string | undefined;
  readonly tls: TlsVersions;
  readonly port: number;
  readonly maxConcurrentStreams: number;
  readonly maxReceiveBytes: number;
  readonly maxSendBytes: number;
  readonly handshakeTimeoutMs: number;
  /** Absent: connections may grow old. */
  readonly maxConnectionAgeMs: number | undefined;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
}

/** In Node's words. */
export interface TlsVersions {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
  /** An OpenSSL cipher list; absent means Node's own. */
  readonly ciphers?: string;
}

/** What the flags say about TLS; they go before the file (cloudevents-grpc 11.1). */
export interface TlsFlags {
  readonly minVersion: string | undefined;
  readonly cipherSuites: readonly string[];
}

export interface ParsedServerConfig {
  readonly config: ServerConfig;
  /** Keys that were given and that do nothing here. */
  readonly withoutEffect: readonly string[];
  /** Keys that nobody knows. */
  readonly unknown: readonly string[];
}

/**
 * The configuration of the gRPC port (cloudevents-grpc 11.2, 11.3).
 *
 * @param content of the file, parsed; `undefined` when there is none
 * @throws ConfigError that names each key that cannot be used, its value and what is allowed
 */
export function parseServerConfig(content: unknown, flags: TlsFlags): ParsedServerConfig {
  const { values, unknown, withoutEffect } = readKeys(serverConfigKeys, content);
  const config: ServerConfig = {
    certificateFile: values.tls_cert_file,
    keyFile: values.tls_key_file,
    clientCaFile: values.client_ca_file || undefined,
    tls: tlsVersions(values, flags),
    port: values.server_bind_port,
    maxConcurrentStreams: values.max_concurrent_streams,
    maxReceiveBytes: values.max_receive_message_size,
    maxSendBytes: values.max_send_message_size,
    handshakeTimeoutMs: values.connection_timeout,
    maxConnectionAgeMs: values.max_connection_age,
    pingIntervalMs: values.server_ping_interval,
    pingTimeoutMs: values.server_ping_timeout,
  };
  return { config, withoutEffect, unknown };
}

const VERSIONS = ['1.0', '1.1', '1.2', '1.3'] as const;
type Version = (typeof VERSIONS)[number];

/** What is wrong with the value of `--tls-min-version`, or `undefined`. */
export function complainAboutMinVersion(text: string): string | undefined {
  const version = versionOf(text, '1.2');
  if (version === undefined) return `must be one of ${versionNames()}`;
  return version < '1.2' ? 'is too old: minimum supported is TLS 1.2' : undefined;
}

function tlsVersions(
  file: { readonly tls_min_version: string; readonly tls_max_version: string; readonly cipher_suites: string },
  flags: TlsFlags,
): TlsVersions {
  const minText = flags.minVersion ?? file.tls_min_version;
  const complaint = complainAboutMinVersion(minText);
  if (complaint !== undefined) throw new ConfigError([`tls_min_version "${minText}" ${complaint}`]);
  const max = versionOf(file.tls_max_version, '1.3');
  if (max === undefined) {
    throw new ConfigError([`tls_max_version must be one of ${versionNames()}, got "${file.tls_max_version}"`]);
  }
  const min = versionOf(minText, '1.2') === '1.3' ? '1.3' : '1.2';
  if (min > max) {
    throw new ConfigError([`tls_min_version "${minText}" is newer than tls_max_version "${file.tls_max_version}"`]);
  }
  const suites = flags.cipherSuites.length > 0 ? flags.cipherSuites : namesIn(file.cipher_suites);
  return { ...settingsFor(min, suites), maxVersion: max === '1.3' ? 'TLSv1.3' : 'TLSv1.2' };
}

function settingsFor(min: '1.2' | '1.3', suites: readonly string[]): ReturnType<typeof tlsSettings> {
  try {
    return tlsSettings(min === '1.3' ? 'VersionTLS13' : 'VersionTLS12', suites);
  } catch (cause) {
    throw new ConfigError([`unrecognized cipher suite in cipher_suites: ${(cause as Error).message}`], { cause });
  }
}

function namesIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** `VersionTLS12` and `TLSv1.2` name the same; an empty text means the default. */
function versionOf(text: string, whenEmpty: Version): Version | undefined {
  if (text === '') return whenEmpty;
  return VERSIONS.find((version) => text === `VersionTLS${version.replace('.', '')}` || text === `TLSv${version}`);
}

function versionNames(): string {
  return VERSIONS.flatMap((version) => [`VersionTLS${version.replace('.', '')}`, `TLSv${version}`]).join(', ');
}
