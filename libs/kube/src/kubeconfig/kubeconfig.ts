import { parse } from 'yaml';
import { KubeError } from '../error.ts';

/** A kubeconfig as parsed: names lead from the current context to its cluster and user. Unknown fields are dropped. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, KubeconfigContext>;
  readonly clusters: ReadonlyMap<string, KubeconfigCluster>;
  readonly users: ReadonlyMap<string, KubeconfigUser>;
}

export interface KubeconfigContext {
  readonly cluster: string;
  /** Empty for an anonymous one. */
  readonly user: string;
  readonly namespace?: string | undefined;
}

export interface KubeconfigCluster {
  /** Exactly as written (work 5.2). */
  readonly server: string;
  /** Path of a PEM file, as written. */
  readonly certificateAuthority?: string | undefined;
  /** PEM, base64. */
  readonly certificateAuthorityData?: string | undefined;
  readonly proxyUrl?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  readonly tlsServerName?: string | undefined;
}

export interface KubeconfigUser {
  /** Path of a PEM file, as written; so are the other members without `Data`. */
  readonly clientCertificate?: string | undefined;
  /** PEM, base64. */
  readonly clientCertificateData?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly clientKeyData?: string | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** User to act as. */
  readonly as?: string | undefined;
  readonly asUid?: string | undefined;
  readonly asGroups?: readonly string[] | undefined;
  /** As written: a program that prints a credential. */
  readonly exec?: Readonly<Record<string, unknown>> | undefined;
  /** As written: `name` and `config`, for example of `oidc`. */
  readonly authProvider?: Readonly<Record<string, unknown>> | undefined;
}

/** What the current context leads to. */
export interface CurrentContext {
  readonly contextName: string;
  readonly namespace?: string | undefined;
  readonly clusterName: string;
  readonly cluster: KubeconfigCluster;
  /** Without members when the context names no user. */
  readonly user: KubeconfigUser;
}

/**
 * Reads the YAML or JSON of a kubeconfig.
 *
 * @throws KubeError `config` that names the field; values never appear in it
 */
export function parseKubeconfig(text: string): Kubeconfig {
  const root = record(parseYaml(text), 'kubeconfig');
  return {
    currentContext: optionalText(root, 'current-context', 'kubeconfig') ?? '',
    contexts: named(root, 'contexts', ['context', contextOf]),
    clusters: named(root, 'clusters', ['cluster', clusterOf]),
    users: named(root, 'users', ['user', userOf]),
  };
}

/**
 * Follows the current context.
 *
 * @throws KubeError `config` when there is none, or when it leads to a cluster or user that is not there
 */
export function currentContext({ currentContext, contexts, clusters, users }: Kubeconfig): CurrentContext {
  if (currentContext === '') throw invalid('current-context: required');
  const context = entry(contexts, currentContext, { field: 'current-context', list: 'contexts' });
  const field = `contexts[${currentContext}].context`;
  return {
    contextName: currentContext,
    namespace: context.namespace,
    clusterName: context.cluster,
    cluster: entry(clusters, context.cluster, { field: `${field}.cluster`, list: 'clusters' }),
    user: context.user === '' ? {} : entry(users, context.user, { field: `${field}.user`, list: 'users' }),
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    // The parser's own message quotes the text, in which there may be a secret.
    const { linePos } = error as { linePos?: readonly { readonly line: number }[] };
    throw invalid(`neither YAML nor JSON${linePos?.[0] === undefined ? '' : ` (line ${linePos[0].line})`}`);
  }
}

function contextOf(context: Fields, path: string): KubeconfigContext {
  return {
    cluster: text(context, 'cluster', path),
    user: optionalText(context, 'user', path) ?? '',
    namespace: optionalText(context, 'namespace', path),
  };
}

function clusterOf(cluster: Fields, path: string): KubeconfigCluster {
  return {
    server: text(cluster, 'server', path),
    certificateAuthority: optionalText(cluster, 'certificate-authority', path),
    certificateAuthorityData: optionalText(cluster, 'certificate-authority-data', path),
    proxyUrl: optionalText(cluster, 'proxy-url', path),
    insecureSkipTlsVerify: optionalFlag(cluster, 'insecure-skip-tls-verify', path),
    tlsServerName: optionalText(cluster, 'tls-server-name', path),
  };
}

function userOf(user: Fields, path: string): KubeconfigUser {
  return {
    clientCertificate: optionalText(user, 'client-certificate', path),
    clientCertificateData: optionalText(user, 'client-certificate-data', path),
    clientKey: optionalText(user, 'client-key', path),
    clientKeyData: optionalText(user, 'client-key-data', path),
    token: optionalText(user, 'token', path),
    tokenFile: optionalText(user, 'tokenFile', path),
    username: optionalText(user, 'username', path),
    password: optionalText(user, 'password', path),
    as: optionalText(user, 'as', path),
    asUid: optionalText(user, 'as-uid', path),
    asGroups: optionalTexts(user, 'as-groups', path),
    exec: optionalRecord(user, 'exec', path),
    authProvider: optionalRecord(user, 'auth-provider', path),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function named<T>(
  root: Fields,
  list: 'contexts' | 'clusters' | 'users',
  [member, read]: readonly [member: string, read: (fields: Fields, path: string) => T],
): ReadonlyMap<string, T> {
  const entries = root[list] ?? [];
  if (!Array.isArray(entries)) throw unexpected(list, 'a list', entries);
  const result = new Map<string, T>();
  for (const [index, item] of entries.entries()) {
    const fields = record(item, `${list}[${index}]`);
    const name = text(fields, 'name', `${list}[${index}]`);
    // As kubectl does: of two entries with one name, the first counts.
    if (!result.has(name))
      result.set(name, read(record(fields[member] ?? {}, `${list}[${name}].${member}`), `${list}[${name}].${member}`));
  }
  return result;
}

function entry<T>(entries: ReadonlyMap<string, T>, name: string, where: { field: string; list: string }): T {
  const found = entries.get(name);
  if (found !== undefined) return found;
  const allowed = entries.size === 0 ? `${where.list} is empty` : `${where.list} has ${[...entries.keys()].join(', ')}`;
  throw invalid(`${where.field}: there is no "${name}"; ${allowed}`);
}

function record(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw unexpected(path, 'an object', value);
}

function optionalRecord(fields: Fields, name: string, path: string): Fields | undefined {
  const value = fields[name] ?? undefined;
  return value === undefined ? undefined : record(value, `${path}.${name}`);
}

function text(fields: Fields, name: string, path: string): string {
  const value = optionalText(fields, name, path);
  if (value === undefined) throw invalid(`${path}.${name}: required`);
  return value;
}

/** An empty text counts as absent. */
function optionalText(fields: Fields, name: string, path: string): string | undefined {
  const value = fields[name] ?? '';
  if (typeof value !== 'string') throw unexpected(`${path}.${name}`, 'a string', value);
  return value === '' ? undefined : value;
}

function optionalTexts(fields: Fields, name: string, path: string): readonly string[] | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  const isTexts = Array.isArray(value) && value.every((item): item is string => typeof item === 'string');
  if (!isTexts) throw unexpected(`${path}.${name}`, 'a list of strings', value);
  return value;
}

function optionalFlag(fields: Fields, name: string, path: string): boolean | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && typeof value !== 'boolean') throw unexpected(`${path}.${name}`, 'true or false', value);
  return value;
}

function unexpected(path: string, allowed: string, value: unknown): KubeError {
  return invalid(`${path}: must be ${allowed}, is ${typeName(value)}`);
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function invalid(problem: string): KubeError {
  return new KubeError(problem, { code: 'config' });
}
