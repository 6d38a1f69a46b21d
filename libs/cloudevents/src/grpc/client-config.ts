import { ConfigError, parseGoDuration } from '@ocm/service';
import { parse } from 'yaml';

/** Where a text or a file content comes from: `inline` wins over `file` (cloudevents-grpc 9.1). */
export type ConfigSource =
  { readonly kind: 'inline'; readonly text: string } | { readonly kind: 'file'; readonly path: string };

/** What the configuration file of a gRPC client says (cloudevents-grpc 9.1). */
export interface GrpcClientConfig {
  /** As written; a gRPC target. */
  readonly url: string;
  /** PEM; in addition to the roots of this machine. */
  readonly ca: ConfigSource | undefined;
  /** PEM, both of them. */
  readonly keyPair: { readonly certificate: ConfigSource; readonly key: ConfigSource } | undefined;
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
const HALF_A_PAIR = 'either both or none of clientCertFile and clientKeyFile must be set';

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the text of a configuration file, YAML or JSON. Unknown keys are ignored; files that it names are not read.
 *
 * @param path of the file, for messages
 * @throws ConfigError naming every key that cannot be used
 */
export function parseGrpcClientConfig(text: string, path: string): GrpcClientConfig {
  const problems: string[] = [];
  const read = new MemberReader(membersOf(text, path), (problem) => problems.push(`${path}: ${problem}`));
  const url = read.text('url');
  if (url === '') problems.push(`${path}: url is required`);
  const ca = read.source('caData', 'caFile');
  const certificate = read.source('clientCertData', 'clientCertFile');
  const key = read.source('clientKeyData', 'clientKeyFile');
  if ((certificate === undefined) !== (key === undefined)) problems.push(`${path}: ${HALF_A_PAIR}`);
  const token = tokenOf(read);
  if (token !== undefined && ca === undefined) {
    problems.push(`${path}: setting token requires authority certificates`);
  }
  const serverHealthinessTimeoutMs = read.duration('serverHealthinessTimeout');
  if (serverHealthinessTimeoutMs !== undefined && serverHealthinessTimeoutMs <= 0) {
    problems.push(`${path}: serverHealthinessTimeout is ${serverHealthinessTimeoutMs} ms; allowed is more than 0`);
  }
  const keepAlive = keepAliveOf(read.group('keepAliveConfig'));
  if (problems.length > 0) throw new ConfigError(problems);
  const keyPair = certificate === undefined || key === undefined ? undefined : { certificate, key };
  return { url, ca, keyPair, token, keepAlive, serverHealthinessTimeoutMs };
}

/** A file with neither token nor key pair means plain text, whatever its `caFile` says (cloudevents-grpc 9.1). */
export function usesTls({ token, keyPair }: Pick<GrpcClientConfig, 'token' | 'keyPair'>): boolean {
  return token !== undefined || keyPair !== undefined;
}

function membersOf(text: string, path: string): Members {
  const value = parseYaml(text, path);
  if (!isMap(value)) throw new ConfigError([`${path}: url is required`]);
  return value;
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch {
    // The parser's message quotes the file, which may hold a token.
    throw new ConfigError([`${path}: neither YAML nor JSON`]);
  }
}

function tokenOf(read: MemberReader): ConfigSource | undefined {
  const text = read.text('token');
  if (text !== '') return { kind: 'inline', text };
  const path = read.text('tokenFile');
  return path === '' ? undefined : { kind: 'file', path };
}

function keepAliveOf(read: MemberReader): KeepAlive | undefined {
  const timeMs = Math.max(read.duration('time') ?? DEFAULT_PING_MS, LEAST_PING_MS);
  const timeoutMs = read.duration('timeout') ?? DEFAULT_PING_TIMEOUT_MS;
  const permitWithoutStream = read.flag('permitWithoutStream');
  return read.flag('enable') ? { timeMs, timeoutMs, permitWithoutStream } : undefined;
}

/** Reads members of the expected type; reports the others and goes on without them. */
class MemberReader {
  readonly #members: Members;
  readonly #report: (problem: string) => void;

  constructor(members: Members, report: (problem: string) => void) {
    this.#members = members;
    this.#report = report;
  }

  /** Empty when absent. */
  text(key: string): string {
    return this.#typed(key, { fallback: '', allowed: 'a string', is: (value) => typeof value === 'string' });
  }

  flag(key: string): boolean {
    return this.#typed(key, { fallback: false, allowed: 'true or false', is: (value) => typeof value === 'boolean' });
  }

  group(key: string): MemberReader {
    const members = this.#typed<Members>(key, { fallback: {}, allowed: 'a mapping', is: isMap });
    return new MemberReader(members, (problem) => this.#report(`${key}.${problem}`));
  }

  /** Milliseconds. */
  duration(key: string): number | undefined {
    const text = this.text(key);
    if (text === '') return undefined;
    const ms = parseGoDuration(text);
    if (ms === undefined) this.#report(`${key} is "${text}"; allowed is a duration such as 30s`);
    return ms;
  }

  source(dataKey: string, fileKey: string): ConfigSource | undefined {
    const data = this.text(dataKey);
    if (data !== '') return { kind: 'inline', text: this.#base64(dataKey, data) };
    const path = this.text(fileKey);
    return path === '' ? undefined : { kind: 'file', path };
  }

  /** Neither value is ever in the message: it may be a key. */
  #base64(key: string, data: string): string {
    const compact = data.replaceAll(/\s/g, '');
    const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(compact) && compact.length % 4 === 0;
    if (!isBase64) this.#report(`${key} is not base64`);
    return Buffer.from(compact, 'base64').toString('utf8');
  }

  #typed<T>(
    key: string,
    { fallback, allowed, is }: { fallback: T; allowed: string; is: (value: unknown) => boolean },
  ): T {
    const value = this.#members[key];
    if (value === undefined || value === null) return fallback;
    if (is(value)) return value as T;
    this.#report(`${key} is not ${allowed}`);
    return fallback;
  }
}

function isMap(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
