import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { KubeError } from '../error.ts';
import type { KubeconfigUser } from './kubeconfig.ts';
import type { PluginCredentials } from './plugin-credential.ts';
import { proxyOf, type ProxyVariables } from './proxy.ts';
import { type LoadedContext, readCredentialFile } from './source.ts';

/** All that is needed to reach an API server and to be known there. */
export interface Endpoint {
  readonly url: URL;
  /** Absent for `http://`. */
  readonly tls: EndpointTls | undefined;
  readonly proxy: URL | undefined;
  /** `authorization` and `impersonate-*`. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** When the client certificate expires. */
  readonly certificateExpires: Date | undefined;
}

export interface EndpointTls {
  /** PEM; absent means the authorities that Node trusts. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Name that the server's certificate must have, when it is not the host of the URL. */
  readonly serverName: string | undefined;
  readonly insecure: boolean;
}

/**
 * Reads the files that a context names.
 *
 * @throws KubeError `config` that names origin and field
 */
export async function resolveEndpoint(
  context: LoadedContext,
  sources: { readonly plugins: PluginCredentials; readonly proxy: ProxyVariables | undefined },
): Promise<Endpoint> {
  const { cluster, user, origin } = context;
  const url = serverOf(context);
  const plugin = user.exec ?? user.authProvider;
  const [credential, ca, pair, authorization] = await Promise.all([
    plugin === undefined ? undefined : sources.plugins.get(context),
    pem(context, 'certificate-authority', [cluster.certificateAuthorityData, cluster.certificateAuthority]),
    clientPair(context),
    authorizationOf(context),
  ]);
  const { cert, key } = pair.cert === undefined ? { ...credential } : pair;
  return {
    url,
    proxy: from(origin, () => proxyOf(url, cluster.proxyUrl, sources.proxy)),
    tls:
      url.protocol === 'http:'
        ? undefined
        : { ca, cert, key, serverName: cluster.tlsServerName, insecure: cluster.insecureSkipTlsVerify === true },
    headers: {
      ...credential?.headers,
      ...(authorization === undefined ? {} : { authorization }),
      ...impersonationOf(user),
    },
    certificateExpires: checkPair(origin, cert, key),
  };
}

/** Whether both can use the same connection: headers may differ. */
export function sameConnection(one: Endpoint, other: Endpoint): boolean {
  const essence = ({ url, tls, proxy }: Endpoint): string => JSON.stringify([url, tls, proxy]);
  return essence(one) === essence(other);
}

function serverOf({ cluster, clusterName, origin }: LoadedContext): URL {
  const url = URL.parse(cluster.server);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  const field = `clusters[${clusterName}].cluster.server`;
  throw invalid(origin, `${field}: "${cluster.server}" is not allowed; it must start with https:// or http://`);
}

async function clientPair(context: LoadedContext): Promise<{ cert: string | undefined; key: string | undefined }> {
  const { user, origin } = context;
  const [cert, key] = await Promise.all([
    pem(context, 'client-certificate', [user.clientCertificateData, user.clientCertificate]),
    pem(context, 'client-key', [user.clientKeyData, user.clientKey]),
  ]);
  if ((cert === undefined) === (key === undefined)) return { cert, key };
  throw invalid(
    origin,
    cert === undefined ? 'client-key without client-certificate' : 'client-certificate without client-key',
  );
}

/** When the certificate expires. A key of another certificate is refused: a file pair is seen half-written now and then. */
function checkPair(origin: string, cert: string | undefined, key: string | undefined): Date | undefined {
  if (cert === undefined || key === undefined) return undefined;
  const certificate = from(`${origin}: client-certificate`, () => new X509Certificate(cert));
  const matches = from(`${origin}: client-key`, () => certificate.checkPrivateKey(createPrivateKey(key)));
  if (!matches) throw invalid(origin, 'client-key does not belong to client-certificate');
  return new Date(certificate.validTo);
}

/** `data` wins over `path`, as the Kubernetes clients have it. */
async function pem(
  { origin, directory }: LoadedContext,
  field: string,
  [data, path]: readonly [data: string | undefined, path: string | undefined],
): Promise<string | undefined> {
  if (data !== undefined) {
    const text = Buffer.from(data, 'base64').toString();
    if (!text.includes('-----BEGIN ')) throw invalid(origin, `${field}-data: must be PEM in base64`);
    return text;
  }
  if (path === undefined) return undefined;
  const text = await readCredentialFile(absolute(path, directory), `${origin}: ${field}`);
  if (!text.includes('-----BEGIN ')) throw invalid(origin, `${field}: ${path} is not a PEM file`);
  return text;
}

async function authorizationOf({ user, directory, origin }: LoadedContext): Promise<string | undefined> {
  if (user.tokenFile !== undefined) {
    const token = await readCredentialFile(absolute(user.tokenFile, directory), `${origin}: tokenFile`);
    if (token.trim() === '') throw invalid(origin, `tokenFile: ${user.tokenFile} is empty`);
    return `Bearer ${token.trim()}`;
  }
  if (user.token !== undefined) return `Bearer ${user.token}`;
  if (user.username === undefined) return undefined;
  return `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
}

function impersonationOf({ as, asUid, asGroups }: KubeconfigUser): Record<string, string | string[]> {
  return {
    ...(as === undefined ? {} : { 'impersonate-user': as }),
    ...(asUid === undefined ? {} : { 'impersonate-uid': asUid }),
    ...(asGroups === undefined ? {} : { 'impersonate-group': [...asGroups] }),
  };
}

function absolute(path: string, directory: string): string {
  return isAbsolute(path) ? path : join(directory, path);
}

/** Errors of `read` say where the value came from. */
function from<T>(origin: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new KubeError(`${origin}: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'config',
      cause: error,
    });
  }
}

function invalid(origin: string, problem: string): KubeError {
  return new KubeError(`${origin}: ${problem}`, { code: 'config' });
}
