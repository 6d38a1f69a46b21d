import { ConfigError, parseGoDuration } from '@ocm/service';
import { parse } from 'yaml';

/** Where a text or a file content comes from: `inline` wins over `file` (cloudevents-grpc 9.1). */
export type ConfigSource =
  { readonly kind: 'inline'; readonly text: string } | { readonly kind: 'file'; readonly path: string };

/** Certificate and key of a client, PEM, both of them. */
export interface KeyPairSource {
  readonly certificate: ConfigSource;
  readonly key: ConfigSource;
}

const HALF_A_PAIR = 'either both or none of clientCertFile and clientKeyFile must be set';

type Members = Readonly<Record<string, unknown>>;

/**
 * The members of a connection's configuration file, YAML or JSON. Members of another type than expected are reported, and reading goes on
 * without them, so that one error names everything that is wrong. Unknown keys are ignored.
 */
export class ConnectionFile {
  readonly #members: Members;
  readonly #report: (problem: string) => void;

  private constructor(members: Members, report: (problem: string) => void) {
    this.#members = members;
    this.#report = report;
  }

  /**
   * Reads with `read` what the text says.
   *
   * @param path of the file, for messages
   * @throws ConfigError naming every key that cannot be used
   */
  static parse<T>(text: string, path: string, read: (file: ConnectionFile) => T): T {
    const problems: string[] = [];
    const value = read(new ConnectionFile(membersOf(text, path), (problem) => problems.push(`${path}: ${problem}`)));
    if (problems.length > 0) throw new ConfigError(problems);
    return value;
  }

  report(problem: string): void {
    this.#report(problem);
  }

  /** Empty when absent. */
  text(key: string): string {
    return this.#typed(key, { fallback: '', allowed: 'a string', is: (value) => typeof value === 'string' });
  }

  /** Reports a member that is absent or empty. */
  requiredText(key: string): string {
    const text = this.text(key);
    if (text === '') this.#report(`${key} is required`);
    return text;
  }

  flag(key: string): boolean {
    return this.#typed(key, { fallback: false, allowed: 'true or false', is: (value) => typeof value === 'boolean' });
  }

  /** An integer from 0 to `most`. */
  count(key: string, { fallback, most }: { readonly fallback: number; readonly most: number }): number {
    const is = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
    return this.#typed(key, { fallback, allowed: `an integer from 0 to ${most}`, is });
  }

  group(key: string): ConnectionFile {
    const members = this.#typed<Members>(key, { fallback: {}, allowed: 'a mapping', is: isMap });
    return new ConnectionFile(members, (problem) => this.#report(`${key}.${problem}`));
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

  /** Of the client; reports half of a pair. */
  keyPair(): KeyPairSource | undefined {
    const certificate = this.source('clientCertData', 'clientCertFile');
    const key = this.source('clientKeyData', 'clientKeyFile');
    if ((certificate === undefined) !== (key === undefined)) this.#report(HALF_A_PAIR);
    return certificate === undefined || key === undefined ? undefined : { certificate, key };
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

function membersOf(text: string, path: string): Members {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    // The parser's message quotes the file, which may hold a token.
    throw new ConfigError([`${path}: neither YAML nor JSON`]);
  }
  return isMap(value) ? value : {};
}

function isMap(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
