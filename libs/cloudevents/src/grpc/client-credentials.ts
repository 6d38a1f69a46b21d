import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, getCACertificates } from 'node:tls';
import { ChannelCredentials } from '@grpc/grpc-js';
import { ConfigError } from '@ocm/service';
import { type ConfigSource, type GrpcClientConfig, parseGrpcClientConfig, usesTls } from './client-config.ts';

/** Certificate and key of a client, PEM. */
export interface ClientKeyPair {
  readonly certificatePem: string;
  /** Secret. */
  readonly privateKeyPem: string;
}

/** A configuration with the content of the files that it names. */
export interface LoadedClientConfig {
  readonly config: GrpcClientConfig;
  /** PEM; `undefined` when only the roots of this machine count. */
  readonly ca: string | undefined;
  readonly keyPair: ClientKeyPair | undefined;
  /** Secret. */
  readonly token: string | undefined;
}

/**
 * Reads the configuration file of a gRPC client and the files it names (cloudevents-grpc 9.1).
 *
 * @throws ConfigError for files that are missing, a CA that is no PEM, a token of several lines
 */
export async function loadClientConfig(path: string): Promise<LoadedClientConfig> {
  const config = parseGrpcClientConfig(await read({ kind: 'file', path }, path), path);
  const ca = config.ca === undefined ? undefined : await read(config.ca, `${path}: CA`);
  if (ca !== undefined && !isCertificate(ca)) throw new ConfigError([`${path}: invalid CA`]);
  return { config, ca, keyPair: await keyPairOf(config, path), token: await tokenOf(config, path) };
}

/**
 * The key pair that the configuration names now; authorities and token stay as they were at the start (cloudevents-grpc 9.2).
 *
 * @throws ConfigError as {@link loadClientConfig} does
 */
export async function reloadKeyPair(path: string): Promise<ClientKeyPair | undefined> {
  return keyPairOf(parseGrpcClientConfig(await read({ kind: 'file', path }, path), path), path);
}

/**
 * What a channel is opened with: TLS 1.3 and nothing else, or plain text where neither token nor key pair is configured (cloudevents-grpc 9.2).
 *
 * @throws ConfigError when certificate and key do not fit, without quoting them
 */
export function channelCredentials({ config, ca, keyPair }: LoadedClientConfig): ChannelCredentials {
  if (!usesTls(config)) return ChannelCredentials.createInsecure();
  try {
    const context = createSecureContext({
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ca: [...getCACertificates('default'), ...(ca === undefined ? [] : [ca])],
      ...(keyPair === undefined ? {} : { cert: keyPair.certificatePem, key: keyPair.privateKeyPem }),
    });
    return ChannelCredentials.createFromSecureContext(context);
  } catch (error) {
    throw new ConfigError([`${config.url}: client certificate and key cannot be used`], { cause: error });
  }
}

/** Whether both are the same pair, or both none. */
export function isSameKeyPair(one: ClientKeyPair | undefined, other: ClientKeyPair | undefined): boolean {
  return one?.certificatePem === other?.certificatePem && one?.privateKeyPem === other?.privateKeyPem;
}

async function keyPairOf({ keyPair }: GrpcClientConfig, path: string): Promise<ClientKeyPair | undefined> {
  if (keyPair === undefined) return undefined;
  const [certificatePem, privateKeyPem] = await Promise.all([
    read(keyPair.certificate, `${path}: client certificate`),
    read(keyPair.key, `${path}: client key`),
  ]);
  return { certificatePem, privateKeyPem };
}

/** Editors end files with a newline; inside a header it would end the header. */
async function tokenOf({ token }: GrpcClientConfig, path: string): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const text = (await read(token, `${path}: token`)).trim();
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new ConfigError([`${path}: the token is empty or has characters no header takes`]);
  return text;
}

async function read(source: ConfigSource, what: string): Promise<string> {
  if (source.kind === 'inline') return source.text;
  try {
    return await readFile(source.path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${what}: cannot read ${source.path}`], { cause: error });
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}
