import { type ConfigSource, ConnectionFile, type KeyPairSource } from '../connection-file/connection-file.ts';

/** What the configuration file of a gRPC client says (cloudevents-grpc 9.1). */
export interface GrpcClientConfig {
  /** As written; a gRPC target. */
  readonly url: string;
  /** PEM; in addition to the roots of this machine. */
  readonly ca: ConfigSource | undefined;
  readonly keyPair: KeyPairSource | undefined;
  readonly token: ConfigSource | undefined;
  readonly keepAlive: KeepAlive | undefined;
  /** Without a heartbeat for this long the server counts as gone; `undefined` means that nobody looks. */
  readonly serverHealthinessTimeoutMs: number | undefined;
}

/** Pings of HTTP/2 on a quiet connection. */
export interface KeepAlive {
  readonly timeMs: number;
  readonly timeoutMs: number;
  readonly permitWithoutStream: boolean;
}

const LEAST_PING_MS = 10_000;
const DEFAULT_PING_MS = 30_000;
const DEFAULT_PING_TIMEOUT_MS = 10_000;

/**
 * Reads the text of a configuration file, YAML or JSON. Unknown keys are ignored; files that it names are not read.
 *
 * @param path of the file, for messages
 * @throws ConfigError naming every key that cannot be used
 */
export function parseGrpcClientConfig(text: string, path: string): GrpcClientConfig {
  return ConnectionFile.parse(text, path, (file) => {
    const url = file.requiredText('url');
    const ca = file.source('caData', 'caFile');
    const keyPair = file.keyPair();
    const token = tokenOf(file);
    if (token !== undefined && ca === undefined) file.report('setting token requires authority certificates');
    const serverHealthinessTimeoutMs = file.duration('serverHealthinessTimeout');
    if (serverHealthinessTimeoutMs !== undefined && serverHealthinessTimeoutMs <= 0) {
      file.report(`serverHealthinessTimeout is ${serverHealthinessTimeoutMs} ms; allowed is more than 0`);
    }
    const keepAlive = keepAliveOf(file.group('keepAliveConfig'));
    return { url, ca, keyPair, token, keepAlive, serverHealthinessTimeoutMs };
  });
}

/** A file with neither token nor key pair means plain text, whatever its `caFile` says (cloudevents-grpc 9.1). */
export function usesTls({ token, keyPair }: Pick<GrpcClientConfig, 'token' | 'keyPair'>): boolean {
  return token !== undefined || keyPair !== undefined;
}

function tokenOf(file: ConnectionFile): ConfigSource | undefined {
  const text = file.text('token');
  if (text !== '') return { kind: 'inline', text };
  const path = file.text('tokenFile');
  return path === '' ? undefined : { kind: 'file', path };
}

function keepAliveOf(file: ConnectionFile): KeepAlive | undefined {
  const timeMs = Math.max(file.duration('time') ?? DEFAULT_PING_MS, LEAST_PING_MS);
  const timeoutMs = file.duration('timeout') ?? DEFAULT_PING_TIMEOUT_MS;
  const permitWithoutStream = file.flag('permitWithoutStream');
  return file.flag('enable') ? { timeMs, timeoutMs, permitWithoutStream } : undefined;
}
